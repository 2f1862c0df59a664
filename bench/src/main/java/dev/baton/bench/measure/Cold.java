package dev.baton.bench.measure;

import dev.baton.bench.ceiling.Ceilings;
import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import dev.baton.bench.report.Row;
import dev.baton.bench.report.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What the first calls cost. Each round has a server of its own, which nothing has warmed up. */
final class Cold {

  private static final int TASKS = 100;
  private static final double PAUSE_SECONDS = 0.1;
  private static final int CEILING_SAMPLES = 30;
  private static final int FLOOD = 5_000;
  private static final int CALLERS = 64;
  private static final int WORKERS = 8;
  private static final double OWN_WARM_UP_SECONDS = 5;

  private Cold() {}

  /** What a round found, and what was possible right before it. */
  private record Round(Paced.Round paced, Ceilings.Paced best) {

    double bestP50Ms() {
      return best.echoP50Ms() + best.syncP50Ms();
    }

    double bestP99Ms() {
      return best.echoP99Ms() + best.syncP99Ms();
    }
  }

  static void dispatch(Setting setting) {
    List<Round> rounds = firstTasks(setting, false);
    // As of a warm server: a round trip and a sync, after the same pause.
    String meaning = "echo + sync, each 100 ms";
    setting.add(
        row(setting, "dispatch p50", rounds, round -> round.paced.dispatchP50Ms(), 1.2)
            .under(of(rounds, Round::bestP50Ms), meaning));
    setting.add(
        row(setting, "dispatch p99", rounds, round -> round.paced.dispatchP99Ms(), 4)
            .under(of(rounds, Round::bestP99Ms), meaning));
  }

  static void unblock(Setting setting) {
    List<Round> rounds = firstTasks(setting, true);
    String meaning = "3 x (echo + sync), each 100 ms";
    setting.add(
        row(setting, "unblock p50", rounds, round -> round.paced.unblockP50Ms(), 2.5)
            .under(of(rounds, round -> 3 * round.bestP50Ms()), meaning));
    setting.add(
        row(setting, "unblock p99", rounds, round -> round.paced.unblockP99Ms(), 8)
            .under(of(rounds, round -> 3 * round.bestP99Ms()), meaning));
  }

  private static Row row(
      Setting setting,
      String figure,
      List<Round> rounds,
      ToDoubleFunction<Round> value,
      double goal) {
    return setting.row(figure, "ms", list(rounds, value)).reaching(new Goal.AtMost(goal));
  }

  private static Summary of(List<Round> rounds, ToDoubleFunction<Round> value) {
    return Summary.of(list(rounds, value));
  }

  private static List<Double> list(List<Round> rounds, ToDoubleFunction<Round> value) {
    return rounds.stream().mapToDouble(value).boxed().toList();
  }

  /** The load is to be warm, so that what is slow is the server. Its server is not measured. */
  private static void warmTheLoad(Setting setting) {
    try (Subject subject = setting.coldServer()) {
      WarmUp.run(subject, OWN_WARM_UP_SECONDS);
      Paced paced = new Paced(subject, "own", true);
      Worker worker = paced.worker(Worker.Nature.unlimited(paced.group(), paced.group() + "-w"));
      subject.loop().run(worker::connect);
      subject.until(() -> paced.connected() == 2, 30);
      paced.round(OWN_WARM_UP_SECONDS, setting.random(-1));
      paced.stop();
    }
  }

  private static List<Round> firstTasks(Setting setting, boolean listens) {
    warmTheLoad(setting);
    List<Round> rounds = new ArrayList<>();
    for (int round = 0; round < setting.options().rounds(); round++) {
      Ceilings.Paced best = setting.ceilings().paced(CEILING_SAMPLES, PAUSE_SECONDS);
      try (Subject subject = setting.coldServer()) {
        subject.process();
        Paced paced = new Paced(subject, "cold", listens);
        Worker worker = paced.worker(Worker.Nature.unlimited(paced.group(), paced.group() + "-w"));
        subject.loop().run(worker::connect);
        subject.until(() -> paced.connected() == 2, 30);
        rounds.add(new Round(paced.first(TASKS, PAUSE_SECONDS), best));
        paced.stop();
      }
    }
    return rounds;
  }

  static void flood(Setting setting) {
    List<Double> p50 = new ArrayList<>();
    List<Double> p99 = new ArrayList<>();
    List<Double> ready = new ArrayList<>();
    warmTheLoad(setting);
    for (int round = 0; round < setting.options().rounds(); round++) {
      try (Subject subject = setting.coldServer()) {
        ready.add(subject.process().readySeconds());
        ClosedLoop load = new ClosedLoop(subject, "flood", ClosedLoop.Told.BY_THE_WORKER);
        load.silentWorkers(WORKERS);
        Tally.Round found = load.first(FLOOD, CALLERS);
        p50.add(found.p50Ms());
        p99.add(found.p99Ms());
        load.close();
      }
    }
    setting.add(setting.row("ready after", "s", ready).reaching(new Goal.AtMost(1)));
    setting.add(setting.row("p50", "ms", p50));
    setting.add(setting.row("p99", "ms", p99).reaching(new Goal.AtMost(60)));
  }
}
