/** What others get when they depend on a library. */
@NullMarked
package dev.baton.libraries;

import org.jspecify.annotations.NullMarked;
