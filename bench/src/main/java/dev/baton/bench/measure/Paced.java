package dev.baton.bench.measure;

import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Samples;
import dev.baton.bench.load.Scan;
import dev.baton.bench.load.Template;
import dev.baton.bench.load.Worker;
import java.util.Random;

/**
 * One task at a time with pauses between them: the server is idle whenever a task is created. Two
 * durations are taken: from the sending of the create request to a worker's receipt of the task,
 * and to the caller's unblock.
 */
final class Paced {

  private static final byte[] PENDING = Scan.ascii("\"state\":\"pending\"");
  private static final int LEAST_PAUSE_NANOS = 1_000_000;
  private static final int PAUSE_SPAN_NANOS = 5_000_000;

  private final String group;

  private final Subject subject;
  private final boolean isListening;
  private final Loop loop;
  private final Requests requests;
  private final Pool pool;
  private final Template create;
  private final Template listen;
  private final Worker caller;
  private final Samples dispatch = new Samples();
  private final Samples unblock = new Samples();
  private Random random = new Random(0);
  private int number;
  private int unblockedTask = -1;
  private int connected;
  private long startedAt;
  private boolean isRunning;
  private int leastPauseNanos = LEAST_PAUSE_NANOS;
  private int pauseSpanNanos = PAUSE_SPAN_NANOS;

  /** How many tasks are still to be begun. */
  private int left;

  private int missing;

  /**
   * Connects the caller.
   *
   * @param listens whether the caller waits for the result, as after an rpc
   */
  Paced(Subject subject, String name, boolean listens) {
    this.subject = subject;
    this.loop = subject.loop();
    this.isListening = listens;
    this.requests = subject.requests(name);
    this.pool = new Pool(loop, subject.target());
    this.group = subject.unique(name);
    String pid = group + "-caller";
    this.create = requests.createTask(group);
    this.listen = requests.listen(pid, pid);
    this.caller = worker(Worker.Nature.unlimited(pid, pid));
    loop.run(caller::connect);
    subject.until(() -> connected == 1, 30);
  }

  String group() {
    return group;
  }

  /** A worker of this load; it is to be connected. */
  Worker worker(Worker.Nature nature) {
    return new Worker(loop, requests, nature, Worker.Resilience.NONE, _ -> 0, new Seen());
  }

  /** Connects many workers, one slot each. */
  Crowd crowd(int count) {
    return Crowd.connect(subject, requests, group, count, new Seen());
  }

  /** How many workers, the caller included, are connected. Only on the loop. */
  int connected() {
    return connected;
  }

  private final class Seen implements Worker.Events {
    @Override
    public void connected(Worker worker) {
      connected++;
    }

    @Override
    public void received(Worker worker, int task, long version) {
      if (task == number) {
        dispatch.add(System.nanoTime() - startedAt);
      }
    }

    @Override
    public void fulfilled(Worker worker, int task) {
      part();
    }

    @Override
    public void unblocked(Worker worker, int task) {
      settled(task);
    }
  }

  /**
   * What a round found.
   *
   * @param dispatches each of them
   */
  record Round(
      int count,
      Samples dispatches,
      double dispatchP50Ms,
      double dispatchP99Ms,
      double unblockP50Ms,
      double unblockP99Ms) {}

  Round round(double seconds, Random seeded) {
    loop.run(() -> {
      random = seeded;
      begin(Integer.MAX_VALUE);
    });
    subject.pause(seconds);
    loop.run(() -> isRunning = false);
    subject.until(() -> missing == 0, 30);
    return loop.call(this::found);
  }

  /** So many tasks, with that pause after each, from now on. */
  Round first(int count, double pauseSeconds) {
    loop.run(() -> {
      leastPauseNanos = (int) (pauseSeconds * 1e9);
      pauseSpanNanos = 1;
      begin(count);
    });
    subject.until(() -> left == 0 && missing == 0, 60 + 2 * count * pauseSeconds);
    return loop.call(this::found);
  }

  private void begin(int count) {
    left = count;
    isRunning = true;
    dispatch.clear();
    unblock.clear();
    next();
  }

  private Round found() {
    Samples dispatches = new Samples();
    dispatches.addAll(dispatch);
    return new Round(
        dispatch.size(),
        dispatches,
        dispatch.ms(0.5),
        dispatch.ms(0.99),
        unblock.ms(0.5),
        unblock.ms(0.99));
  }

  private void next() {
    if (isRunning && left > 0) {
      loop.after(leastPauseNanos + random.nextInt(pauseSpanNanos), this::create);
    }
  }

  private void create() {
    if (!isRunning) {
      return;
    }
    left--;
    int task = ++number;
    missing = isListening ? 3 : 2;
    startedAt = System.nanoTime();
    pool.send(
        create,
        task,
        0,
        (status, _, _, _) -> {
          check(status);
          if (isListening) {
            listen(task);
          }
          part();
        });
  }

  private void listen(int task) {
    pool.send(
        listen,
        task,
        0,
        (status, bytes, from, to) -> {
          check(status);
          if (!Scan.contains(bytes, from, to, PENDING)) {
            settled(task);
          }
        });
  }

  private void settled(int task) {
    if (task == number && unblockedTask != task) {
      unblockedTask = task;
      unblock.add(System.nanoTime() - startedAt);
      part();
    }
  }

  private static void check(int status) {
    if (status != 200) {
      throw new LoadException("a request was answered with status " + status, null);
    }
  }

  private void part() {
    if (--missing == 0) {
      next();
    }
  }

  void stop() {
    loop.run(() -> {
      caller.die();
      pool.close();
    });
  }
}
