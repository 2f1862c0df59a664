package dev.baton.bench;

import dev.baton.bench.curious.Kind;
import dev.baton.bench.measure.Measure;
import dev.baton.bench.measure.Measures;
import dev.baton.bench.measure.Options;
import dev.baton.bench.report.Json;
import dev.baton.bench.report.Report;
import dev.baton.bench.report.Table;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures a server of the protocol, beside what this machine allows.")
public final class Main implements Callable<Integer> {

  @Option(names = "--list", description = "List the measures.")
  private boolean list;

  @Option(names = "--only", split = ",", paramLabel = "NAME", description = "Take only these.")
  private List<String> only = new ArrayList<>();

  @Option(names = "--json", paramLabel = "FILE", description = "Write every round's figures there.")
  private @Nullable Path json;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Measure this running server; default: start one for each measure.")
  private @Nullable URI url;

  @Option(names = "--pid", description = "The process of that server, for CPU and memory.")
  private @Nullable Long pid;

  @Option(
      names = "--command",
      paramLabel = "WORDS",
      description =
          "What starts a server; {port}, {file} and {database} are filled in. Default: ./baton"
              + " serve.")
  private @Nullable String command;

  @Option(
      names = "--postgres",
      description = "Servers on a PostgreSQL, which is started for that; its CPU counts.")
  private boolean postgres;

  @Option(
      names = "--servers",
      description =
          "How many servers there are over it; with more than one, the measures are those of"
              + " several servers. Default: ${DEFAULT-VALUE}.")
  private int servers = 1;

  @Option(
      names = "--java-options",
      description = "JDK_JAVA_OPTIONS of the servers it starts.",
      defaultValue = "")
  private String javaOptions = "";

  @Option(
      names = "--baseline",
      paramLabel = "JARS",
      description =
          "A class path with another build of protocol and SDK, to measure in turns with this one"
              + " in sdk-task.",
      defaultValue = "")
  private String baseline = "";

  @Option(
      names = "--readers",
      split = ",",
      paramLabel = "KIND",
      description = "What is read in beside-readers: ${COMPLETION-CANDIDATES}. Default: all.")
  private List<Kind> readers = new ArrayList<>();

  @Option(names = "--rounds", description = "Rounds of each measure. Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(names = "--seconds", description = "Seconds of a round. Default: ${DEFAULT-VALUE}.")
  private double seconds = 3;

  @Option(
      names = "--warm-up",
      description =
          "Seconds of load on a new server before a measure. Default: 10; of several servers 40,"
              + " for which each of them compiles what is hot.")
  private @Nullable Double warmUp;

  @Option(
      names = "--quick",
      description = "3 rounds of a second, 5 seconds of warm-up, smaller stores.")
  private boolean quick;

  @Option(names = "--seed", description = "Of all random sequences. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--rows",
      description = "Rows of a large store. Default: ${DEFAULT-VALUE}; with --quick a tenth.")
  private int rows = 1_000_000;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Where the servers' files are: on the disk to be measured. Default: a temp dir.")
  private @Nullable Path folder;

  @Option(names = "--keep", description = "Keep the servers' files and logs.")
  private boolean keep;

  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    if (servers > 1 && (!postgres || url != null)) {
      throw new CommandLine.ParameterException(
          new CommandLine(this), "--servers needs --postgres, and servers of the benchmark's own");
    }
    if (list) {
      for (Measure measure : all()) {
        String byName = measure.isOnlyByName() ? " (only when named)" : "";
        System.out.printf("%-20s %s%s%n", measure.name(), measure.meaning(), byName);
      }
      return 0;
    }
    List<Measure> chosen = chosen();
    Path files = Files.createTempDirectory(folder == null ? Path.of("/tmp") : folder, "bench-");
    Report report = new Report();
    try {
      new Run(options(files), report, System.err).run(chosen);
    } finally {
      if (keep) {
        System.err.println("The servers' files are in " + files);
      } else {
        Run.delete(files);
      }
    }
    System.out.print(Table.of(report));
    if (json != null) {
      Json.write(report, json);
    }
    return report.isAllReached() ? 0 : 1;
  }

  private List<Measure> all() {
    return servers > 1 ? Measures.OF_SEVERAL_SERVERS : Measures.ALL;
  }

  private List<Measure> chosen() {
    List<Measure> chosen = new ArrayList<>();
    for (Measure measure : all()) {
      if (only.isEmpty() ? !measure.isOnlyByName() : only.contains(measure.name())) {
        chosen.add(measure);
      }
    }
    for (String name : only) {
      if (chosen.stream().noneMatch(measure -> measure.name().equals(name))) {
        throw new CommandLine.ParameterException(
            new CommandLine(this), "there is no measure '" + name + "'; see --list");
      }
    }
    return chosen;
  }

  private Options options(Path files) {
    return new Options(
        quick ? 3 : rounds,
        quick ? 1 : seconds,
        quick ? 5 : warmUp == null ? usualWarmUp() : warmUp,
        seed,
        quick ? rows / 10 : rows,
        url,
        pid,
        command == null ? ours() : List.of(command.strip().split("\\s+")),
        servers,
        javaOptions,
        baseline,
        readers.isEmpty() ? EnumSet.allOf(Kind.class) : EnumSet.copyOf(readers),
        files);
  }

  private double usualWarmUp() {
    return servers > 1 ? 40 : 10;
  }

  private List<String> ours() {
    List<String> words = new ArrayList<>();
    words.add(System.getProperty("baton.root", ".") + "/baton");
    words.addAll(
        List.of(
            "serve",
            "--server-bind=127.0.0.1",
            "--server-port={port}",
            "--observability-metrics-port=0"));
    words.addAll(
        postgres
            ? List.of("--storage-type=postgres", "--storage-postgres-url={database}")
            : List.of("--storage-sqlite-path={file}"));
    if (servers > 1) {
      words.addAll(
          List.of(
              "--server-host=127.0.0.1",
              "--cluster-bind=127.0.0.1",
              "--cluster-port={wire}",
              "--cluster-secret=what-only-servers-know"));
    }
    return words;
  }
}
