package dev.baton.bench.measure;

import dev.baton.bench.ceiling.Ceilings;
import dev.baton.bench.host.ServerProcess;
import dev.baton.bench.load.Target;
import dev.baton.bench.report.Report;
import dev.baton.bench.report.Row;
import dev.baton.bench.report.Summary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What a measure works with: the options, servers, ceilings and the report. */
public final class Setting {

  private final Options options;
  private final Ceilings ceilings;
  private final Report report;
  private final String runId = Long.toString(System.currentTimeMillis(), 36);
  private String measure = "";
  private int servers;

  public Setting(Options options, Ceilings ceilings, Report report) {
    this.options = options;
    this.ceilings = ceilings;
    this.report = report;
  }

  /** Runs a measure. */
  public void run(Measure next) throws Exception {
    measure = next.name();
    next.body().run(this);
  }

  Options options() {
    return options;
  }

  Ceilings ceilings() {
    return ceilings;
  }

  /** Random numbers of a round: the same in every run. */
  Random random(int round) {
    return new Random(options.seed() * 1_000_003 + measure.hashCode() * 31L + round);
  }

  /** Adds a row under the current measure's name. */
  void add(Row row) {
    report.add(row);
  }

  /** A row of the current measure. */
  Row row(String figure, String unit, List<Double> rounds) {
    return Row.of(measure, figure, unit, Summary.of(rounds));
  }

  /** A warm server: a new one on an empty file, or the one that the options name. */
  Subject server(String... flags) {
    Subject subject = coldServer(flags);
    if (options.warmUpSeconds() > 0) {
      WarmUp.run(subject, options.warmUpSeconds());
    }
    return subject;
  }

  /** A server as it is after its start. */
  Subject coldServer(String... flags) {
    return server(null, flags);
  }

  /** A server of this run's own on a file that may exist. */
  Subject serverOn(Path file, String... flags) {
    return server(file, flags);
  }

  private Subject server(@Nullable Path file, String... flags) {
    if (options.url() != null) {
      if (file != null) {
        throw new NotPossibleException("needs a server that the benchmark starts itself");
      }
      return new Subject(runId, Target.of(options.url()), options.pid());
    }
    Path folder = newFolder();
    List<String> command = new ArrayList<>(options.command());
    for (String flag : flags) { // A server takes each once.
      String name = flag.substring(0, flag.indexOf('=') + 1);
      command.removeIf(word -> !name.isEmpty() && word.startsWith(name));
      command.add(flag);
    }
    Path store = file == null ? folder.resolve("bench.db") : file;
    List<ServerProcess> processes = new ArrayList<>();
    try {
      for (int i = 0; i < options.servers(); i++) {
        Path own = i == 0 ? folder : newFolder();
        processes.add(ServerProcess.start(command, own, store, options.javaOptions()));
      }
    } catch (RuntimeException e) {
      processes.forEach(ServerProcess::close);
      throw e;
    }
    return new Subject(runId, null, processes, store);
  }

  /** An empty folder of the current measure. */
  Path newFolder() {
    try {
      return Files.createDirectories(options.folder().resolve(measure + "-" + ++servers));
    } catch (IOException e) {
      throw new UncheckedIOException("making a folder for a server", e);
    }
  }

  /** A row of the current measure that its worst round stands for. */
  Row worst(String figure, String unit, List<Double> rounds) {
    return Row.of(measure, figure, unit, Summary.worstOf(rounds));
  }

  /** Whether the servers are this run's own. */
  boolean startsServers() {
    return options.url() == null;
  }

  /** Takes a figure once a round. */
  List<Double> rounds(IntToDoubleFunction figure) {
    List<Double> found = new ArrayList<>();
    for (int round = 0; round < options.rounds(); round++) {
      found.add(figure.applyAsDouble(round));
    }
    return found;
  }
}
