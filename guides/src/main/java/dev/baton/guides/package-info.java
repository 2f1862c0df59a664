/** The code of the pages in docs/guides. */
@NullMarked
package dev.baton.guides;

import org.jspecify.annotations.NullMarked;
