package dev.baton.bench.measure;

import dev.baton.bench.host.ServerProcess;
import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Template;
import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Workers that come back after an outage, one after the other, to calls that wait for them. */
final class Outage {

  private static final int WORKERS = 3;
  private static final int CALLS = 30;
  private static final long CALL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Clients of other languages try again about once a second. */
  private static final long APART_NANOS = TimeUnit.SECONDS.toNanos(1);

  private Outage() {}

  /** What a round found. */
  private record Round(double busiest, double allTakenSeconds) {}

  static void returning(Setting setting) {
    List<Round> rounds = new ArrayList<>();
    for (int round = 0; round < setting.options().rounds(); round++) {
      try (Subject subject = setting.coldServer()) {
        rounds.add(round(subject, setting.random(round)));
      }
    }
    setting.add(
        setting
            .worst("calls of the busiest", "", rounds.stream().map(Round::busiest).toList())
            .reaching(new Goal.AtMost(12)));
    setting.add(
        setting.row(
            "all calls taken after", "s", rounds.stream().map(Round::allTakenSeconds).toList()));
  }

  private static Round round(Subject subject, Random random) {
    ServerProcess process = subject.process();
    Loop loop = subject.loop();
    String group = subject.unique("outage");
    Requests requests = subject.requests("outage");
    call(subject, requests.createTask(group));
    process.kill();
    process.restart();
    int[] taken = new int[WORKERS];
    List<Worker> workers = new ArrayList<>();
    long started = System.nanoTime();
    for (int i = 0; i < WORKERS; i++) {
      int number = i;
      Worker worker =
          new Worker(
              loop,
              requests,
              Worker.Nature.unlimited(group, group + "-w" + i),
              Worker.Resilience.RETRIES,
              _ -> CALL_NANOS,
              new Worker.Events() {
                @Override
                public void acquired(Worker self, int task, long version) {
                  taken[number]++;
                }
              });
      workers.add(worker);
      long after = i == 0 ? 0 : (long) (random.nextDouble() * APART_NANOS);
      loop.run(() -> loop.after(after, worker::connect));
    }
    subject.until(() -> taken[0] + taken[1] + taken[2] == CALLS, 60);
    double seconds = (System.nanoTime() - started) / 1e9;
    int busiest = loop.call(() -> Math.max(taken[0], Math.max(taken[1], taken[2])));
    loop.run(() -> workers.forEach(Worker::die));
    return new Round(busiest, seconds);
  }

  private static void call(Subject subject, Template create) {
    Loop loop = subject.loop();
    Pool pool = new Pool(loop, subject.target());
    for (int i = 0; i < CALLS; i++) {
      int number = i;
      CompletableFuture<Integer> created = new CompletableFuture<>();
      loop.run(() -> pool.send(create, number, 0, (status, _, _, _) -> created.complete(status)));
      subject.await(created, 10);
    }
    loop.run(pool::close);
  }
}
