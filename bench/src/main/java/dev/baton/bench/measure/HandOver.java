package dev.baton.bench.measure;

import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Samples;
import dev.baton.bench.load.Template;
import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import dev.baton.bench.report.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** From a worker's end until a survivor holds its task. */
final class HandOver {

  private static final int SURVIVORS = 2;
  private static final double GRACE_MS = 1_000;

  /** How the server learns of the end. */
  private enum Sign {
    SOCKETS_CLOSE,
    WORKER_SAYS_SO,
    OPERATOR_SAYS_SO
  }

  private HandOver() {}

  static void socket(Setting setting) {
    measure(setting, Sign.SOCKETS_CLOSE, 2, 1_100, 1_500);
  }

  static void worker(Setting setting) {
    measure(setting, Sign.WORKER_SAYS_SO, 10, 50, 50);
  }

  static void operator(Setting setting) {
    measure(setting, Sign.OPERATOR_SAYS_SO, 10, 50, 50);
  }

  private static void measure(
      Setting setting, Sign sign, int triesPerRound, double medianGoal, double mostGoal) {
    List<Double> medians = new ArrayList<>();
    List<Double> most = new ArrayList<>();
    try (Subject subject = setting.server()) {
      new Try(subject, sign).run(); // Not counted: the first one loads classes.
      for (int round = 0; round < setting.options().rounds(); round++) {
        Samples samples = new Samples();
        for (int i = 0; i < triesPerRound; i++) {
          samples.add(new Try(subject, sign).run());
        }
        medians.add(samples.ms(0.5));
        most.add(samples.maxMs());
      }
    }
    var median = setting.row("p50", "ms", medians).reaching(new Goal.AtMost(medianGoal));
    setting.add(sign == Sign.SOCKETS_CLOSE ? median.under(Summary.of(GRACE_MS), "grace") : median);
    setting.add(setting.worst("max", "ms", most).reaching(new Goal.AtMost(mostGoal)));
  }

  /** One worker's end. */
  private static final class Try {
    private final Subject subject;
    private final Loop loop;
    private final Sign sign;
    private final String group;
    private final Requests requests;
    private final Pool pool;
    private final CompletableFuture<Long> held = new CompletableFuture<>();
    private final CompletableFuture<Long> handedOver = new CompletableFuture<>();
    private final CompletableFuture<Integer> said = new CompletableFuture<>();
    private final List<Worker> survivors = new ArrayList<>();
    private int connected;

    private Try(Subject subject, Sign sign) {
      this.subject = subject;
      this.loop = subject.loop();
      this.sign = sign;
      this.group = subject.unique("hand-over");
      this.requests = subject.requests("hand-over");
      this.pool = new Pool(loop, subject.target());
    }

    private final class Watch implements Worker.Events {
      private final CompletableFuture<Long> taken;

      private Watch(CompletableFuture<Long> taken) {
        this.taken = taken;
      }

      @Override
      public void connected(Worker worker) {
        connected++;
      }

      @Override
      public void acquired(Worker worker, int number, long version) {
        taken.complete(System.nanoTime());
      }
    }

    private Worker worker(int index, CompletableFuture<Long> taken) {
      Worker worker =
          new Worker(
              loop,
              requests,
              Worker.Nature.unlimited(group, group + "-w" + index),
              Worker.Resilience.RETRIES,
              _ -> Worker.FOREVER,
              new Watch(taken));
      worker.connect();
      return worker;
    }

    private long run() {
      Worker victim = loop.call(() -> worker(0, held));
      subject.until(() -> connected == 1, 10);
      Template create = requests.createTask(group);
      loop.run(() -> pool.send(create, 0, 0, (_, _, _, _) -> {}));
      subject.await(held, 10);
      loop.run(() -> {
        for (int i = 1; i <= SURVIVORS; i++) {
          survivors.add(worker(i, handedOver));
        }
      });
      subject.until(() -> connected == 1 + SURVIVORS, 10);
      subject.pause(0.02);
      long started = System.nanoTime();
      loop.run(() -> end(victim));
      long ended = subject.await(handedOver, 90);
      if (sign != Sign.SOCKETS_CLOSE && subject.await(said, 10) >= 300) {
        throw new NotPossibleException("the server has no groups API");
      }
      loop.run(() -> {
        victim.die();
        survivors.forEach(survivor -> survivor.finish(0));
      });
      subject.pause(0.02);
      loop.run(() -> {
        survivors.forEach(Worker::die);
        pool.close();
      });
      return ended - started;
    }

    private void end(Worker victim) {
      switch (sign) {
        case SOCKETS_CLOSE -> victim.die();
        case WORKER_SAYS_SO -> victim.leave(said::complete);
        case OPERATOR_SAYS_SO ->
            pool.send(
                requests.say(group, victim.pid(), "gone"),
                0,
                0,
                (status, _, _, _) -> said.complete(status));
      }
    }
  }
}
