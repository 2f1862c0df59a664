package dev.baton.bench.measure;

import dev.baton.bench.host.ServerProcess;
import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import java.util.ArrayList;
import java.util.List;

/** SIGKILL under load, and a start on the same file. */
final class Crash {

  private static final int CALLERS = 64;
  private static final int WORKERS = 8;

  private Crash() {}

  /** What a round found. */
  private record Round(
      long acknowledged,
      long lost,
      double readySeconds,
      double withWorkerSeconds,
      int unfinished) {}

  static void kill9(Setting setting) {
    List<Round> rounds = new ArrayList<>();
    for (int round = 0; round < setting.options().rounds(); round++) {
      try (Subject subject = setting.coldServer()) {
        rounds.add(round(setting, subject, round));
      }
    }
    double lost = rounds.stream().mapToLong(Round::lost).sum();
    double checked = rounds.stream().mapToLong(Round::acknowledged).sum();
    setting.add(
        setting.row("acknowledged writes lost", "", List.of(lost)).reaching(new Goal.AtMost(0)));
    setting.add(setting.row("acknowledged writes checked", "", List.of(checked)));
    setting.add(
        setting
            .row("ready again", "s", rounds.stream().map(Round::readySeconds).toList())
            .reaching(new Goal.AtMost(1)));
    setting.add(
        setting
            .row(
                "last unfinished task with a worker",
                "s",
                rounds.stream().map(Round::withWorkerSeconds).toList())
            .reaching(new Goal.AtMost(2)));
    setting.add(
        setting.row(
            "unfinished tasks at the kill",
            "",
            rounds.stream().map(round -> (double) round.unfinished()).toList()));
  }

  private static Round round(Setting setting, Subject subject, int round) {
    ServerProcess process = subject.process();
    Loop loop = subject.loop();
    Ledger promises = new Ledger(subject, "crash-promises", "");
    String group = subject.unique("crash");
    Ledger tasks = new Ledger(subject, "crash-tasks", group);
    List<Worker> workers = workers(subject, tasks.requests(), group, tasks);
    loop.run(() -> {
      for (int i = 0; i < CALLERS; i++) {
        tasks.next();
        promises.next();
      }
    });
    // Not always at the same place of the load.
    subject.pause(setting.options().roundSeconds() / 2 + setting.random(round).nextDouble() * 0.2);
    process.kill();
    int unfinished =
        loop.call(() -> {
          promises.hold();
          return tasks.hold();
        });
    long started = System.nanoTime();
    process.restart();
    subject.until(() -> tasks.isAllWithWorkers(workers), 90);
    double withWorker = (System.nanoTime() - started) / 1e9;
    subject.until(() -> tasks.isQuiet() && promises.isQuiet(), 90);
    loop.run(() -> workers.forEach(Worker::die));
    long lost = promises.verify() + tasks.verify();
    long acknowledged = promises.acknowledged() + tasks.acknowledged();
    return new Round(acknowledged, lost, process.readySeconds(), withWorker, unfinished);
  }

  /** Workers that go on whatever fails. */
  static List<Worker> workers(Subject subject, Requests requests, String group, Ledger tasks) {
    List<Worker> workers = new ArrayList<>();
    subject
        .loop()
        .run(() -> {
          for (int i = 0; i < WORKERS; i++) {
            Worker worker =
                new Worker(
                    subject.loop(),
                    requests,
                    Worker.Nature.unlimited(group, group + "-w" + i),
                    Worker.Resilience.RETRIES,
                    _ -> 0,
                    tasks);
            workers.add(worker);
            worker.connect();
          }
        });
    subject.until(() -> tasks.connected() == WORKERS, 30);
    return workers;
  }
}
