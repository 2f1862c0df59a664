/** An example worker: its one function takes as long as it is told to. */
@NullMarked
package dev.baton.worker;

import org.jspecify.annotations.NullMarked;
