/** What a run found: rows of figures, as a table for people and as JSON for programs. */
@NullMarked
package dev.baton.bench.report;

import org.jspecify.annotations.NullMarked;
