package dev.baton.bench.measure;

import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Template;
import dev.baton.bench.load.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;

/** A group of three one-slot workers, and the tasks that are given to it. Only on the loop. */
final class Spread {

  static final int WORKERS = 3;

  /** Whether the server knows of the one slot. */
  enum Slots {
    ANNOUNCED,
    /** The worker has one slot but does not say so: what it was sent too early waits in it. */
    SILENT
  }

  /** What became of a task; nanoseconds. */
  static final class Fate {
    long createdAt;
    long beganAt;
    long finishedAt;
  }

  final List<Fate> fates = new ArrayList<>();
  int done;
  private final Pool pool;
  private final Template create;
  private final List<Worker> workers = new ArrayList<>();
  private int connected;

  /** Connects the workers. */
  Spread(Subject subject, String name, Slots slots, IntToLongFunction workNanos) {
    Loop loop = subject.loop();
    String group = subject.unique(name);
    Requests requests = subject.requests(name);
    this.pool = new Pool(loop, subject.target());
    this.create = requests.createTask(group);
    loop.run(() -> {
      for (int i = 0; i < WORKERS; i++) {
        String pid = group + "-w" + i;
        Worker.Nature nature =
            switch (slots) {
              case ANNOUNCED -> Worker.Nature.announcing(group, pid, 1);
              case SILENT -> Worker.Nature.silent(group, pid, 1);
            };
        Worker worker =
            new Worker(loop, requests, nature, Worker.Resilience.NONE, workNanos, new Seen());
        workers.add(worker);
        worker.connect();
      }
    });
    subject.until(() -> connected == WORKERS, 30);
  }

  private final class Seen implements Worker.Events {
    @Override
    public void connected(Worker worker) {
      connected++;
    }

    @Override
    public void began(Worker worker, int number) {
      fates.get(number).beganAt = System.nanoTime();
    }

    @Override
    public void fulfilled(Worker worker, int number) {
      fates.get(number).finishedAt = System.nanoTime();
      done++;
    }
  }

  void create() {
    Fate fate = new Fate();
    fates.add(fate);
    fate.createdAt = System.nanoTime();
    pool.send(create, fates.size() - 1, 0, (_, _, _, _) -> {});
  }

  void close() {
    workers.forEach(Worker::die);
    pool.close();
  }

  /**
   * The mean wait, in nanoseconds, if the same tasks with the same durations had come at the same
   * instants to one queue that feeds the workers without any delay.
   */
  static double perfectMeanWaitNanos(List<Fate> fates, IntToLongFunction workNanos) {
    long[] freeAt = new long[WORKERS];
    double sum = 0;
    for (int i = 0; i < fates.size(); i++) {
      int first = 0;
      for (int worker = 1; worker < WORKERS; worker++) {
        first = freeAt[worker] < freeAt[first] ? worker : first;
      }
      long arrival = fates.get(i).createdAt - fates.getFirst().createdAt;
      long begin = Math.max(arrival, freeAt[first]);
      freeAt[first] = begin + workNanos.applyAsLong(i);
      sum += begin - arrival;
    }
    return sum / fates.size();
  }

  static long millis(double ms) {
    return (long) (ms * TimeUnit.MILLISECONDS.toNanos(1));
  }
}
