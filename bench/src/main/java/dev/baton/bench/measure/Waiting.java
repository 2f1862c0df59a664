package dev.baton.bench.measure;

import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Samples;
import dev.baton.bench.load.Template;
import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import dev.baton.bench.report.Row;
import dev.baton.bench.report.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Tasks whose group has no worker. */
final class Waiting {

  private static final int TRIES_PER_ROUND = 20;
  private static final int BACKLOG = 20_000;

  private Waiting() {}

  /** From the worker's connecting to its receipt of a task that was there before. */
  static void lateWorker(Setting setting) {
    List<Double> medians = new ArrayList<>();
    List<Double> most = new ArrayList<>();
    try (Subject subject = setting.server()) {
      arrive(subject); // Not counted: the first one loads classes.
      for (int round = 0; round < setting.options().rounds(); round++) {
        Samples samples = new Samples();
        for (int i = 0; i < TRIES_PER_ROUND; i++) {
          samples.add(arrive(subject));
        }
        medians.add(samples.ms(0.5));
        most.add(samples.maxMs());
      }
    }
    setting.add(setting.row("p50", "ms", medians).reaching(new Goal.AtMost(20)));
    setting.add(setting.worst("max", "ms", most).reaching(new Goal.AtMost(20)));
  }

  private static long arrive(Subject subject) {
    Loop loop = subject.loop();
    Requests requests = subject.requests("late");
    String group = subject.unique("late");
    Pool pool = new Pool(loop, subject.target());
    Template create = requests.createTask(group);
    CompletableFuture<Integer> created = new CompletableFuture<>();
    loop.run(() -> pool.send(create, 0, 0, (status, _, _, _) -> created.complete(status)));
    subject.await(created, 10);
    subject.pause(0.02);
    CompletableFuture<Long> received = new CompletableFuture<>();
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    Worker worker =
        new Worker(
            loop,
            requests,
            Worker.Nature.unlimited(group, group + "-w"),
            Worker.Resilience.NONE,
            _ -> 0,
            new Worker.Events() {
              @Override
              public void received(Worker self, int number, long version) {
                received.complete(System.nanoTime());
              }

              @Override
              public void fulfilled(Worker self, int number) {
                done.complete(true);
              }
            });
    long started = System.nanoTime();
    loop.run(worker::connect);
    long nanos = subject.await(received, 60) - started;
    subject.await(done, 10);
    loop.run(() -> {
      worker.die();
      pool.close();
    });
    return nanos;
  }

  /** Creates tasks that nobody takes. */
  private static void pile(Subject subject) {
    Template create = subject.requests("absent").createTask(subject.unique("absent"));
    subject.fill(create, BACKLOG);
  }

  /**
   * Dispatch in one group while another has a pile of tasks and no worker, and without the pile. If
   * the servers are its own, two run side by side and take turns: what disturbs the machine then
   * disturbs both.
   */
  static void absentGroup(Setting setting) {
    try (Subject with = setting.server();
        Subject without = setting.startsServers() ? setting.server() : null) {
      Paced loaded = paced(with);
      List<Paced.Round> bare = new ArrayList<>();
      List<Paced.Round> burdened = new ArrayList<>();
      if (without == null) {
        rounds(setting, loaded, bare);
        pile(with);
        rounds(setting, loaded, burdened);
      } else {
        Paced light = paced(without);
        pile(with);
        for (int round = 0; round < setting.options().rounds(); round++) {
          bare.add(light.round(setting.options().roundSeconds(), setting.random(round)));
          burdened.add(loaded.round(setting.options().roundSeconds(), setting.random(round)));
        }
      }
      report(setting, bare, burdened);
    }
  }

  private static Paced paced(Subject subject) {
    Paced paced = new Paced(subject, "other", false);
    Worker worker = paced.worker(Worker.Nature.unlimited(paced.group(), paced.group() + "-w"));
    subject.loop().run(worker::connect);
    subject.until(() -> paced.connected() == 2, 30);
    paced.round(1, new java.util.Random(0));
    return paced;
  }

  private static void rounds(Setting setting, Paced paced, List<Paced.Round> found) {
    for (int round = 0; round < setting.options().rounds(); round++) {
      found.add(paced.round(setting.options().roundSeconds(), setting.random(round)));
    }
  }

  private static void report(Setting setting, List<Paced.Round> bare, List<Paced.Round> burdened) {
    List<Double> ratio50 = new ArrayList<>();
    List<Double> ratio99 = new ArrayList<>();
    List<Double> p99 = new ArrayList<>();
    List<Double> bare99 = new ArrayList<>();
    for (int round = 0; round < bare.size(); round++) {
      ratio50.add(burdened.get(round).dispatchP50Ms() / bare.get(round).dispatchP50Ms());
      ratio99.add(burdened.get(round).dispatchP99Ms() / bare.get(round).dispatchP99Ms());
      p99.add(burdened.get(round).dispatchP99Ms());
      bare99.add(bare.get(round).dispatchP99Ms());
    }
    Row figure = setting.row("dispatch p99", "ms", p99);
    setting.add(figure.under(Summary.of(bare99), "without them"));
    setting.add(setting.row("p99 over p99 without", "", ratio99).reaching(new Goal.AtMost(1.2)));
    setting.add(setting.row("p50 over p50 without", "", ratio50));
  }
}
