package dev.baton.bench;

import dev.baton.bench.ceiling.Ceilings;
import dev.baton.bench.host.Proc;
import dev.baton.bench.load.LoadException;
import dev.baton.bench.measure.Measure;
import dev.baton.bench.measure.NotPossibleException;
import dev.baton.bench.measure.Options;
import dev.baton.bench.measure.Setting;
import dev.baton.bench.report.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Takes measures one after another and notes how busy the machine was with other things. */
final class Run {

  /** What the launcher of the server gives its JVM, for the echo beside a server elsewhere. */
  private static final List<String> JAVA_OPTIONS = List.of("-XX:+UseSerialGC");

  private final Options options;
  private final Report report;
  private final PrintStream progress;

  Run(Options options, Report report, PrintStream progress) {
    this.options = options;
    this.report = report;
    this.progress = progress;
  }

  void run(List<Measure> measures) {
    report.fact("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    report.fact(
        "machine", Runtime.getRuntime().availableProcessors() + " CPUs, " + Proc.processor());
    report.fact(
        "server", options.url() == null ? String.join(" ", options.command()) : "" + options.url());
    report.fact(
        "rounds",
        options.rounds()
            + " of "
            + options.roundSeconds()
            + " s after a warm-up of "
            + options.warmUpSeconds()
            + " s, seed "
            + options.seed());
    try (Ceilings ceilings = new Ceilings(options.folder(), JAVA_OPTIONS)) {
      Setting setting = new Setting(options, ceilings, report);
      for (Measure measure : measures) {
        take(setting, measure);
      }
    }
  }

  private void take(Setting setting, Measure measure) {
    progress.println(measure.name() + ": " + measure.meaning());
    long started = System.nanoTime();
    double machine = Proc.machineCpuSeconds();
    double own = ownCpuSeconds();
    String note = "";
    try {
      setting.run(measure);
    } catch (NotPossibleException e) {
      note = "not taken: " + e.getMessage();
    } catch (LoadException e) {
      note = "FAILED: " + e.getMessage();
      e.printStackTrace(progress);
    } catch (Exception e) {
      note = "FAILED: " + e;
      e.printStackTrace(progress);
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    double others = (Proc.machineCpuSeconds() - machine - (ownCpuSeconds() - own)) / seconds;
    if (!note.isEmpty()) {
      progress.println("  " + note);
    }
    report.add(
        new Report.Section(
            measure.name(),
            measure.meaning(),
            seconds,
            Proc.loadAverage(),
            Math.max(0, others),
            note));
  }

  /** CPU seconds of this process, its servers, and the server that it was given. */
  private double ownCpuSeconds() {
    Long pid = options.pid();
    return Proc.familyCpuSeconds() + (pid == null ? 0 : Proc.cpuSeconds(pid));
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
