/** Maps the wire types to JSON bytes and back. */
@NullMarked
package dev.baton.protocol.json;

import org.jspecify.annotations.NullMarked;
