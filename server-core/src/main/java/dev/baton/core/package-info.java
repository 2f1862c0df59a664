/** The rules of the protocol as pure functions: no I/O, no clock, no threads. */
@NullMarked
package dev.baton.core;

import org.jspecify.annotations.NullMarked;
