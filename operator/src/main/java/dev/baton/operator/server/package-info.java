/** The HTTP client of the promise server's groups API. */
@NullMarked
package dev.baton.operator.server;

import org.jspecify.annotations.NullMarked;
