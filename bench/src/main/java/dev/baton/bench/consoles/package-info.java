/** Tabs of the console, as far as the server hears of them, in a process of their own. */
@NullMarked
package dev.baton.bench.consoles;

import org.jspecify.annotations.NullMarked;
