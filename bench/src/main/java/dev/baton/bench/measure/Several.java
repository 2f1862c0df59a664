package dev.baton.bench.measure;

import dev.baton.bench.host.Databases;
import dev.baton.bench.host.ServerProcess;
import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Target;
import dev.baton.bench.load.Template;
import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Several servers over one PostgreSQL, whose CPU counts with theirs. */
final class Several {

  private static final int CALLERS = 64;
  private static final int WORKERS = 8;
  private static final int TASKS = 100;
  private static final int LOSSES_PER_ROUND = 4;
  private static final int CONNECTIONS = 16;

  private Several() {}

  static void dispatch(Setting setting) {
    List<Paced.Round> rounds = paced(setting, false);
    at(setting, "p50", "ms", rounds, Paced.Round::dispatchP50Ms, 0.9);
    at(setting, "p99", "ms", rounds, Paced.Round::dispatchP99Ms, 3);
  }

  static void unblock(Setting setting) {
    List<Paced.Round> rounds = paced(setting, true);
    at(setting, "p50", "ms", rounds, Paced.Round::unblockP50Ms, 2.2);
    setting.add(setting.row("p99", "ms", rounds.stream().map(Paced.Round::unblockP99Ms).toList()));
  }

  private static List<Paced.Round> paced(Setting setting, boolean listens) {
    List<Paced.Round> rounds = new ArrayList<>();
    try (Subject subject = setting.server()) {
      for (int round = 0; round < setting.options().rounds(); round++) {
        // Anew in each round: whichever servers the streams are at.
        Paced paced = new Paced(subject, "paced", listens);
        Worker worker = paced.worker(Worker.Nature.unlimited(paced.group(), paced.group() + "-w"));
        subject.loop().run(worker::connect);
        subject.until(() -> paced.connected() == 2, 30);
        paced.round(0.5, setting.random(-1));
        rounds.add(paced.round(setting.options().roundSeconds(), setting.random(round)));
        paced.stop();
        subject.loop().run(worker::die);
      }
    }
    return rounds;
  }

  private static <R> void at(
      Setting setting,
      String figure,
      String unit,
      List<R> rounds,
      ToDoubleFunction<R> value,
      double most) {
    setting.add(
        setting
            .row(figure, unit, rounds.stream().mapToDouble(value).boxed().toList())
            .reaching(new Goal.AtMost(most)));
  }

  static void closedLoop(Setting setting) {
    List<Tally.Round> rounds = new ArrayList<>();
    int unavailable;
    try (Subject subject = setting.server()) {
      ClosedLoop load = new ClosedLoop(subject, "closed", ClosedLoop.Told.BY_THE_WORKER);
      load.silentWorkers(WORKERS);
      load.start(CALLERS);
      subject.pause(setting.options().warmUpSeconds());
      for (int round = 0; round < setting.options().rounds(); round++) {
        rounds.add(load.tally().round(setting.options().roundSeconds()));
      }
      load.stop();
      unavailable = load.unavailable();
      load.close();
    }
    setting.add(
        setting
            .row("tasks/s", "", rounds.stream().map(Tally.Round::perSecond).toList())
            .reaching(new Goal.AtLeast(3_500)));
    at(setting, "CPU per task", "ms", rounds, Tally.Round::cpuMsEach, 0.26);
    setting.add(setting.row("p99", "ms", rounds.stream().map(Tally.Round::p99Ms).toList()));
    setting.add(
        setting
            .row("requests answered 503", "", List.of((double) unavailable))
            .reaching(new Goal.AtMost(0)));
  }

  static void promises(Setting setting) {
    try (Subject subject = setting.server()) {
      promises(setting, subject, 1, 2_200);
      promises(setting, subject, 64, 12_000);
    }
  }

  private static void promises(Setting setting, Subject subject, int connections, double goal) {
    List<Tally.Round> rounds = new ArrayList<>();
    PromiseLoop load = new PromiseLoop(subject, "promises");
    load.start(connections);
    subject.pause(setting.options().warmUpSeconds() / 2);
    for (int round = 0; round < setting.options().rounds(); round++) {
      rounds.add(load.tally().round(setting.options().roundSeconds()));
    }
    load.stop();
    setting.add(
        setting
            .row(
                "requests/s at " + connections,
                "",
                rounds.stream().map(Tally.Round::perSecond).toList())
            .reaching(new Goal.AtLeast(goal)));
    setting.add(
        setting.row(
            "CPU per request at " + connections,
            "ms",
            rounds.stream().map(Tally.Round::cpuMsEach).toList()));
  }

  /** What became of a hundred tasks that were created at all servers in turn. */
  private static final class Both implements Worker.Events {
    int connected;
    int done;
    int told;

    @Override
    public void connected(Worker worker) {
      connected++;
    }

    @Override
    public void fulfilled(Worker worker, int number) {
      done++;
    }

    @Override
    public void unblocked(Worker worker, int number) {
      told++;
    }
  }

  static void bothSides(Setting setting) {
    List<Double> inTime = new ArrayList<>();
    List<Double> lost = new ArrayList<>();
    try (Subject subject = setting.server()) {
      for (int round = 0; round < setting.options().rounds(); round++) {
        Found found = bothSides(subject);
        inTime.add((double) found.done());
        lost.add((double) found.lost());
      }
    }
    setting.add(setting.row("done within 1 s", "", inTime).reaching(new Goal.AtLeast(TASKS)));
    setting.add(setting.worst("unblocks lost", "", lost).reaching(new Goal.AtMost(0)));
  }

  private record Found(int done, int lost) {}

  private static Found bothSides(Subject subject) {
    Loop loop = subject.loop();
    String group = subject.unique("both");
    String caller = group + "-caller";
    List<Target> targets = subject.processes().stream().map(ServerProcess::target).toList();
    Requests all = subject.requests("both");
    Both seen = new Both();
    Worker worker =
        new Worker(
            loop,
            all.at(targets.getFirst()),
            Worker.Nature.unlimited(group, group + "-w"),
            Worker.Resilience.NONE,
            _ -> 0,
            seen);
    Worker listener =
        new Worker(
            loop,
            all.at(targets.getLast()),
            Worker.Nature.unlimited(caller, caller),
            Worker.Resilience.NONE,
            _ -> 0,
            seen);
    loop.run(worker::connect);
    loop.run(listener::connect);
    subject.until(() -> seen.connected == 2, 30);
    List<Pool> pools = targets.stream().map(target -> new Pool(loop, target)).toList();
    Template create = all.createTask(group);
    Template listen = all.listen(caller, caller);
    loop.run(() -> {
      for (int i = 0; i < TASKS; i++) {
        int task = i;
        Pool pool = pools.get(i % pools.size());
        pool.send(
            create,
            task,
            0,
            (status, _, _, _) -> {
              if (status == 200) {
                pool.send(
                    listen,
                    task,
                    0,
                    (_, bytes, from, to) -> {
                      if (!ClosedLoop.isPending(bytes, from, to)) {
                        seen.told++; // It was over before: no message will come.
                      }
                    });
              }
            });
      }
    });
    subject.pause(1);
    int done = loop.call(() -> seen.done);
    subject.pause(1);
    return loop.call(() -> {
      worker.die();
      listener.die();
      pools.forEach(Pool::close);
      return new Found(done, TASKS - seen.told);
    });
  }

  static void makespan(Setting setting) {
    try (Subject subject = setting.server()) {
      Evenness.makespan(setting, subject, Spread.Slots.ANNOUNCED, "");
    }
  }

  /** What the loss of an owner, or of the database, came to. */
  private record Loss(double servedSeconds, double withWorkerSeconds, long checked, long lost) {}

  static void ownerKilled(Setting setting) {
    List<Loss> losses = new ArrayList<>();
    try (Subject subject = setting.server()) {
      for (int i = 0; i < setting.options().rounds() * LOSSES_PER_ROUND; i++) {
        losses.add(
            lose(
                setting,
                subject,
                i,
                () -> {
                  ServerProcess owner = subject.owner();
                  owner.kill();
                  return owner::restart;
                }));
      }
    }
    served(setting, losses, "", 0.7, 2);
    at(setting, "last task with a worker, max", "s", List.of(losses), Several::longest, 2);
    found(setting, losses);
  }

  private static double longest(List<Loss> losses) {
    return losses.stream().mapToDouble(Loss::withWorkerSeconds).max().orElseThrow();
  }

  private static void served(
      Setting setting, List<Loss> losses, String suffix, double median, double most) {
    List<Double> served = losses.stream().map(Loss::servedSeconds).toList();
    setting.add(
        setting.row("served again, p50" + suffix, "s", served).reaching(new Goal.AtMost(median)));
    setting.add(
        setting.worst("served again, max" + suffix, "s", served).reaching(new Goal.AtMost(most)));
  }

  private static void found(Setting setting, List<Loss> losses) {
    double lost = losses.stream().mapToLong(Loss::lost).sum();
    setting.add(
        setting
            .row("acknowledged writes lost in " + losses.size() + " kills", "", List.of(lost))
            .reaching(new Goal.AtMost(0)));
    double checked = losses.stream().mapToLong(Loss::checked).sum();
    setting.add(setting.row("acknowledged writes checked", "", List.of(checked)));
  }

  private interface Blow {
    /** Strikes; answers how it is made good. */
    Runnable strike();
  }

  private static Loss lose(Setting setting, Subject subject, int number, Blow blow) {
    Loop loop = subject.loop();
    Ledger promises = new Ledger(subject, "loss-promises", "");
    String group = subject.unique("loss");
    Ledger tasks = new Ledger(subject, "loss-tasks", group);
    List<Worker> workers = Crash.workers(subject, tasks.requests(), group, tasks);
    loop.run(() -> {
      for (int i = 0; i < CONNECTIONS; i++) {
        tasks.next();
        promises.next();
      }
    });
    // Not always at the same place of the load.
    subject.pause(1 + setting.random(number).nextDouble() * 0.2);
    Runnable repair = blow.strike();
    long started = System.nanoTime();
    loop.run(() -> {
      promises.watch();
      promises.hold();
      tasks.watch();
      tasks.hold();
    });
    subject.until(() -> tasks.isAllWithWorkers(workers), 90);
    double withWorker = (System.nanoTime() - started) / 1e9;
    subject.until(() -> tasks.isQuiet() && promises.isQuiet(), 90);
    double served =
        loop.call(() -> earlier(promises.firstAnswerSeconds(), tasks.firstAnswerSeconds()));
    repair.run();
    loop.run(() -> workers.forEach(Worker::die));
    long lost = promises.verify() + tasks.verify();
    return new Loss(served, withWorker, promises.acknowledged() + tasks.acknowledged(), lost);
  }

  /** Of two times the earlier; one that is not known (NaN) is none. */
  static double earlier(double one, double other) {
    if (Double.isNaN(one)) {
      return other;
    }
    return Double.isNaN(other) ? one : Math.min(one, other);
  }

  static void databaseKilled(Setting setting) {
    List<Loss> losses = new ArrayList<>();
    try (Subject subject = setting.server()) {
      for (int i = 0; i < setting.options().rounds(); i++) {
        losses.add(
            lose(
                setting,
                subject,
                i,
                () -> {
                  Databases.kill();
                  Databases.startAgain();
                  return () -> {};
                }));
      }
    }
    served(setting, losses, " after it accepts", 1, 1);
    found(setting, losses);
  }

  static void handOver(Setting setting) {
    List<Double> gaps = new ArrayList<>();
    int failures = 0;
    try (Subject subject = setting.server()) {
      for (int i = 0; i < setting.options().rounds() * LOSSES_PER_ROUND; i++) {
        Ledger promises = new Ledger(subject, "handover", "");
        Loop loop = subject.loop();
        ServerProcess owner = subject.owner();
        loop.run(() -> {
          promises.avoid(owner.target()); // As who sends clients to servers that are ready does.
          for (int connection = 0; connection < CONNECTIONS; connection++) {
            promises.next();
          }
        });
        subject.pause(0.5);
        loop.run(promises::watch);
        owner.terminate();
        owner.awaitEnd();
        subject.pause(0.5);
        gaps.add(loop.call(promises::longestGapMs));
        failures += loop.call(promises::failures);
        loop.run(promises::hold);
        subject.until(promises::isQuiet, 30);
        promises.verify();
        owner.restart();
      }
    }
    setting.add(setting.row("longest gap, p50", "ms", gaps));
    setting.add(setting.worst("longest gap, max", "ms", gaps).reaching(new Goal.AtMost(100)));
    setting.add(
        setting
            .row("requests that failed", "", List.of((double) failures))
            .reaching(new Goal.AtMost(0)));
  }
}
