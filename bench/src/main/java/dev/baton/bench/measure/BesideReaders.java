package dev.baton.bench.measure;

import dev.baton.bench.curious.CuriousProcess;
import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import dev.baton.bench.report.Summary;
import dev.baton.testing.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Dispatch while others read as much as they can: searches of everything, trees, the list of many
 * groups, the metrics and backups, all at once and without pause, in front of a large store; and
 * without them, in turns on the same server. The readers are a process that gives way to all
 * others, as if they were at other machines. All the time somebody keeps a short lease alive.
 */
final class BesideReaders {

  private static final int GROUPS = 1_000;
  private static final long LEASE_MS = 3_000;
  private static final double SETTLE_SECONDS = 0.5;

  private BesideReaders() {}

  static void run(Setting setting) throws Exception {
    int metricsPort = Ports.free();
    Path file = setting.newFolder().resolve("large.db");
    setting.serverOn(file).close(); // Makes the tables.
    Database.fill(file, Database.Kind.TREES, setting.options().rows());
    List<Paced.Round> bare = new ArrayList<>();
    List<Paced.Round> beside = new ArrayList<>();
    try (Subject subject = setting.serverOn(file, "--observability-metrics-port=" + metricsPort);
        CuriousProcess curious =
            new CuriousProcess(
                subject.target().host(),
                metricsPort,
                setting.options().rows() / 10,
                GROUPS,
                setting.options().readers(),
                setting.options().folder());
        KeptLease lease = new KeptLease(subject.target(), LEASE_MS)) {
      if (setting.options().warmUpSeconds() > 0) {
        warmUpReaders(subject, curious, setting.options().warmUpSeconds());
        WarmUp.run(subject, setting.options().warmUpSeconds());
      }
      Paced paced = new Paced(subject, "others", false);
      Worker worker = paced.worker(Worker.Nature.unlimited(paced.group(), paced.group() + "-w"));
      subject.loop().run(worker::connect);
      subject.until(() -> paced.connected() == 2, 30);
      double seconds = setting.options().roundSeconds();
      round(
          subject, paced, curious, seconds, setting.random(-1)); // Not counted: what is new loads.
      for (int round = 0; round < setting.options().rounds(); round++) {
        bare.add(paced.round(seconds, setting.random(round)));
        beside.add(round(subject, paced, curious, seconds, setting.random(round)));
      }
      report(setting, bare, beside);
      setting.add(
          setting
              .row("leases lost", "", List.of((double) lease.losses()))
              .reaching(new Goal.AtMost(0)));
      curious
          .seconds()
          .forEach((kind, seconds50) ->
              setting.add(
                  setting.row(kind.label() + " p50 / s while all go on", "", List.of(seconds50))));
      paced.stop();
    }
  }

  /**
   * Has the server compile what readers need, too: beside others they have so small a share that it
   * would compile for all the rounds, on the processors that are measured. While nobody else is
   * served they do most.
   */
  private static void warmUpReaders(Subject subject, CuriousProcess curious, double seconds) {
    curious.begin();
    try {
      subject.pause(seconds);
    } finally {
      curious.pause();
    }
  }

  private static Paced.Round round(
      Subject subject,
      Paced paced,
      CuriousProcess curious,
      double seconds,
      java.util.Random random) {
    curious.begin();
    try {
      subject.pause(SETTLE_SECONDS);
      return paced.round(seconds, random);
    } finally {
      curious.pause();
    }
  }

  private static void report(Setting setting, List<Paced.Round> bare, List<Paced.Round> beside) {
    List<Double> p99 = new ArrayList<>();
    List<Double> bare99 = new ArrayList<>();
    List<Double> ratio50 = new ArrayList<>();
    List<Double> ratio99 = new ArrayList<>();
    for (int round = 0; round < bare.size(); round++) {
      p99.add(beside.get(round).dispatchP99Ms());
      bare99.add(bare.get(round).dispatchP99Ms());
      ratio99.add(beside.get(round).dispatchP99Ms() / bare.get(round).dispatchP99Ms());
      ratio50.add(beside.get(round).dispatchP50Ms() / bare.get(round).dispatchP50Ms());
    }
    setting.add(
        setting.row("dispatch p99", "ms", p99).under(Summary.of(bare99), "without readers"));
    setting.add(setting.row("p99 over p99 without", "", ratio99).reaching(new Goal.AtMost(1.2)));
    setting.add(setting.row("p50 over p50 without", "", ratio50));
  }
}
