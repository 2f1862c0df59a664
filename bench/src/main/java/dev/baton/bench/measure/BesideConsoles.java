package dev.baton.bench.measure;

import dev.baton.bench.consoles.ConsolesProcess;
import dev.baton.bench.consoles.View;
import dev.baton.bench.load.Samples;
import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Dispatch while twenty consoles look on, and without them, in turns on the same server in front of
 * a large store. The consoles are a process that gives way to all others, as if they were at other
 * machines.
 */
final class BesideConsoles {

  private static final int CONSOLES = 20;
  private static final double SETTLE_SECONDS = 0.5;

  /**
   * What the rounds with one view found.
   *
   * @param with all dispatches while it was looked at
   * @param without all of the rounds right before
   */
  private record Found(
      List<Double> p50,
      List<Double> p99,
      List<Double> cpu,
      List<Double> bytesPerSecond,
      Samples with,
      Samples without) {
    Found() {
      this(
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new ArrayList<>(),
          new Samples(),
          new Samples());
    }
  }

  private BesideConsoles() {}

  static void run(Setting setting) throws Exception {
    Path file = setting.newFolder().resolve("large.db");
    setting.serverOn(file).close(); // Makes the tables.
    Database.fill(file, Database.Kind.TREES, setting.options().rows());
    Map<View, Found> all = new EnumMap<>(View.class);
    List<Double> bare99 = new ArrayList<>();
    try (Subject subject = setting.serverOn(file);
        ConsolesProcess consoles =
            new ConsolesProcess(subject.target().host(), setting.options().folder())) {
      if (setting.options().warmUpSeconds() > 0) {
        WarmUp.run(subject, setting.options().warmUpSeconds());
      }
      Paced paced = new Paced(subject, "watched", false);
      Worker worker = paced.worker(Worker.Nature.unlimited(paced.group(), paced.group() + "-w"));
      subject.loop().run(worker::connect);
      subject.until(() -> paced.connected() == 2, 30);
      for (View view : View.values()) {
        all.put(view, new Found());
        beside(
            setting,
            subject,
            consoles,
            paced,
            view,
            -1,
            new Found()); // Not counted: what is new loads.
      }
      for (int round = 0; round < setting.options().rounds(); round++) {
        // Each has a round without them right before its own: the machine's mood passes.
        for (View view : View.values()) {
          Found found = Objects.requireNonNull(all.get(view));
          double before = subject.cpuSeconds();
          Paced.Round bare =
              paced.round(setting.options().roundSeconds(), setting.random(10 * round));
          double cpu = (subject.cpuSeconds() - before) / setting.options().roundSeconds();
          bare99.add(bare.dispatchP99Ms());
          found.without.addAll(bare.dispatches());
          Found one = new Found();
          beside(setting, subject, consoles, paced, view, 10 * round + 1, one);
          found.with.addAll(one.with);
          found.p50.add(one.p50.getFirst() / bare.dispatchP50Ms());
          found.p99.add(one.p99.getFirst() / bare.dispatchP99Ms());
          found.cpu.add((one.cpu.getFirst() - cpu) * 100);
          found.bytesPerSecond.add(one.bytesPerSecond.getFirst());
        }
      }
      paced.stop();
    }
    setting.add(setting.row("dispatch p99 without consoles", "ms", bare99));
    all.forEach((view, found) -> report(setting, view.label(), found));
  }

  private static void beside(
      Setting setting,
      Subject subject,
      ConsolesProcess consoles,
      Paced paced,
      View view,
      int random,
      Found found) {
    double seconds = setting.options().roundSeconds();
    consoles.open(view, CONSOLES, paced.group());
    try {
      subject.pause(SETTLE_SECONDS);
      long bytes = consoles.bytes();
      double cpu = subject.cpuSeconds();
      Paced.Round round = paced.round(seconds, setting.random(random));
      found.cpu.add((subject.cpuSeconds() - cpu) / seconds);
      found.bytesPerSecond.add((consoles.bytes() - bytes) / seconds / CONSOLES);
      found.with.addAll(round.dispatches());
      found.p50.add(round.dispatchP50Ms());
      found.p99.add(round.dispatchP99Ms());
    } finally {
      consoles.closeAll();
    }
  }

  private static void report(Setting setting, String view, Found found) {
    setting.add(
        setting
            .row("p99 over p99 without, 20 on " + view, "", found.p99)
            .reaching(new Goal.AtMost(1.1)));
    // A round has few tasks beyond its p99, all of them together have some.
    double without = found.without.ms(0.99);
    double with = found.with.ms(0.99);
    setting.add(
        setting
            .row("as one round: p99 over p99 without, " + view, "", List.of(with / without))
            .reaching(new Goal.AtMost(1.1)));
    setting.add(setting.row("as one round: p99 without, " + view, "ms", List.of(without)));
    setting.add(setting.row("as one round: p99, " + view, "ms", List.of(with)));
    setting.add(setting.row("p50 over p50 without, 20 on " + view, "", found.p50));
    setting.add(setting.row("CPU more, 20 on " + view, "% of a core", found.cpu));
    setting.add(setting.row("bytes/s of each, " + view, "", found.bytesPerSecond));
  }
}
