/** The HTTP edge: it decodes, hands over and encodes, and decides nothing. */
@NullMarked
package dev.baton.server.http;

import org.jspecify.annotations.NullMarked;
