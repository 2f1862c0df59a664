/** What the tests of several modules share. It knows none of them. */
@NullMarked
package dev.baton.testing;

import org.jspecify.annotations.NullMarked;
