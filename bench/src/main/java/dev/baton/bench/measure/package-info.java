/** The measures: each puts a load on a server and adds rows to the report. */
@NullMarked
package dev.baton.bench.measure;

import org.jspecify.annotations.NullMarked;
