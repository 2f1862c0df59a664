package dev.baton.bench.measure;

import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import java.util.ArrayList;
import java.util.List;

/** What the first calls cost. Each round has a server of its own, which nothing has warmed up. */
final class Cold {

  private static final int TASKS = 100;
  private static final double PAUSE_SECONDS = 0.1;
  private static final int FLOOD = 5_000;
  private static final int CALLERS = 64;
  private static final int WORKERS = 8;
  private static final double OWN_WARM_UP_SECONDS = 5;

  private Cold() {}

  static void dispatch(Setting setting) {
    List<Paced.Round> rounds = firstTasks(setting, false);
    add(setting, "dispatch p50", rounds.stream().map(Paced.Round::dispatchP50Ms).toList(), 1.2);
    add(setting, "dispatch p99", rounds.stream().map(Paced.Round::dispatchP99Ms).toList(), 4);
  }

  static void unblock(Setting setting) {
    List<Paced.Round> rounds = firstTasks(setting, true);
    add(setting, "unblock p50", rounds.stream().map(Paced.Round::unblockP50Ms).toList(), 2.5);
    add(setting, "unblock p99", rounds.stream().map(Paced.Round::unblockP99Ms).toList(), 8);
  }

  private static void add(Setting setting, String figure, List<Double> rounds, double goal) {
    setting.add(setting.row(figure, "ms", rounds).reaching(new Goal.AtMost(goal)));
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

  private static List<Paced.Round> firstTasks(Setting setting, boolean listens) {
    warmTheLoad(setting);
    List<Paced.Round> rounds = new ArrayList<>();
    for (int round = 0; round < setting.options().rounds(); round++) {
      try (Subject subject = setting.coldServer()) {
        subject.process();
        Paced paced = new Paced(subject, "cold", listens);
        Worker worker = paced.worker(Worker.Nature.unlimited(paced.group(), paced.group() + "-w"));
        subject.loop().run(worker::connect);
        subject.until(() -> paced.connected() == 2, 30);
        rounds.add(paced.first(TASKS, PAUSE_SECONDS));
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
    add(setting, "p99", p99, 60);
  }
}
