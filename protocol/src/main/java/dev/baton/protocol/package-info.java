/** What crosses the wire: records, requests, messages and the address grammar. */
@NullMarked
package dev.baton.protocol;

import org.jspecify.annotations.NullMarked;
