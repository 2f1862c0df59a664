package dev.baton.bench.measure;

import dev.baton.bench.curious.Kind;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a run is made.
 *
 * @param rows in stores that are filled before a measure that wants a large one
 * @param url a running server; null: each measure starts one of its own
 * @param pid the process of that server, for CPU and memory; null: those stay unknown
 * @param command starts a server; {@code {port}} and {@code {file}} are filled in
 * @param servers how many servers there are of each store
 * @param javaOptions for the servers that are started, beside their launcher's; may be empty
 * @param baseline jars of another build of the SDK, as a class path; empty for none
 * @param readers what is read beside others, where that is measured
 * @param folder where the servers' files are; on the disk that is to be measured
 */
public record Options(
    int rounds,
    double roundSeconds,
    double warmUpSeconds,
    long seed,
    int rows,
    @Nullable URI url,
    @Nullable Long pid,
    List<String> command,
    int servers,
    String javaOptions,
    String baseline,
    Set<Kind> readers,
    Path folder) {}
