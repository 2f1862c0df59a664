package dev.baton.bench.measure;

import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Scan;
import dev.baton.bench.load.Template;
import dev.baton.bench.load.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Callers that each have one task in flight, and workers that do them at once. */
final class ClosedLoop {

  /** How a caller learns that its task is done. */
  enum Told {
    /** When the worker's fulfil is acknowledged: three requests and one message a task. */
    BY_THE_WORKER,
    /** By an unblock message, as SDKs do: four requests and two messages a task. */
    BY_THE_SERVER
  }

  private static final byte[] PENDING = Scan.ascii("\"state\":\"pending\"");

  private static final double STRIDE_SECONDS = 0.2;

  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** More than are ever in flight. */
  private static final int RING = 1 << 16;

  private final Subject subject;
  private final Loop loop;
  private final Requests requests;
  private final Pool pool;
  private final Tally tally;
  private final Told told;
  private final String group;
  private final boolean isPatient;
  private final Template create;
  private final Template listen;
  private final long[] startedAt = new long[RING];
  private final byte[] missing = new byte[RING];
  private final List<Worker> workers = new ArrayList<>();
  private int number;
  private int inFlight;
  private int refused;
  private int unavailable;
  private int connected;
  private boolean stopped;
  private int most = Integer.MAX_VALUE;

  /** Of one server it takes no refusal; of several, between two owners, as SDKs do. */
  ClosedLoop(Subject subject, String name, Told told) {
    this.subject = subject;
    this.loop = subject.loop();
    this.requests = subject.requests(name);
    this.pool = new Pool(loop, subject.target());
    this.tally = new Tally(subject);
    this.told = told;
    this.isPatient = subject.isSeveral();
    this.group = subject.unique(name);
    String caller = group + "-caller";
    this.create = requests.createTask(group);
    this.listen = requests.listen(caller, caller);
    if (told == Told.BY_THE_SERVER) {
      loop.run(() -> connect(Worker.Nature.unlimited(caller, caller)));
      subject.until(() -> connected == 1, 30);
    }
  }

  /** Whether an answer says that a promise is pending. */
  static boolean isPending(byte[] bytes, int from, int to) {
    return Scan.contains(bytes, from, to, PENDING);
  }

  Tally tally() {
    return tally;
  }

  /** How many offers came to nothing because the task had gone elsewhere. */
  int refused() {
    return loop.call(() -> refused);
  }

  /** How many requests were answered with 503, and sent again. */
  int unavailable() {
    return loop.call(() -> unavailable);
  }

  /** Workers that announce nothing, as foreign SDKs do. */
  void silentWorkers(int count) {
    workers(count, i -> Worker.Nature.unlimited(group, group + "-w" + i));
  }

  /** Workers that announce their slots. */
  void workersWithSlots(int count, int slots) {
    workers(count, i -> Worker.Nature.announcing(group, group + "-w" + i, slots));
  }

  private interface Natures {
    Worker.Nature of(int index);
  }

  private void workers(int count, Natures natures) {
    int wanted =
        loop.call(() -> {
          int before = workers.size();
          for (int i = 0; i < count; i++) {
            connect(natures.of(i));
          }
          return before + count;
        });
    subject.until(() -> connected == wanted, 30);
  }

  private void connect(Worker.Nature nature) {
    Worker.Resilience resilience = isPatient ? Worker.Resilience.RETRIES : Worker.Resilience.NONE;
    Worker worker = new Worker(loop, requests, nature, resilience, _ -> 0, new Seen());
    workers.add(worker);
    worker.connect();
  }

  private final class Seen implements Worker.Events {
    @Override
    public void connected(Worker worker) {
      connected++;
    }

    @Override
    public void fulfilled(Worker worker, int task) {
      if (told == Told.BY_THE_WORKER) {
        part(task);
      }
    }

    @Override
    public void refused(Worker worker, int task) {
      refused++;
    }

    @Override
    public void unavailable(Worker worker) {
      unavailable++;
    }

    @Override
    public void unblocked(Worker worker, int task) {
      part(task);
    }
  }

  /** Begins, or goes on after a stop, and gets into its stride. */
  void start(int callers) {
    loop.run(() -> {
      stopped = false;
      for (int i = 0; i < callers; i++) {
        call();
      }
    });
    subject.pause(STRIDE_SECONDS);
  }

  /** So many tasks, from now on. */
  Tally.Round first(int count, int callers) {
    loop.run(() -> {
      most = count;
      for (int i = 0; i < callers; i++) {
        call();
      }
    });
    subject.until(() -> number == count && inFlight == 0, 120);
    return tally.soFar();
  }

  private void call() {
    if (stopped || number == most) {
      return;
    }
    int task = number++;
    inFlight++;
    startedAt[task % RING] = System.nanoTime();
    missing[task % RING] = 2;
    create(task);
  }

  private void create(int task) {
    pool.send(
        create,
        task,
        0,
        (status, _, _, _) -> {
          if (isLater(status, () -> create(task))) {
            return;
          }
          check(status, "promise.create");
          if (told == Told.BY_THE_SERVER) {
            listen(task);
          }
          part(task);
        });
  }

  private void listen(int task) {
    pool.send(
        listen,
        task,
        0,
        (status, bytes, from, to) -> {
          if (isLater(status, () -> listen(task))) {
            return;
          }
          check(status, "promise.register_listener");
          if (!Scan.contains(bytes, from, to, PENDING)) {
            part(task); // Settled already: no message will come.
          }
        });
  }

  /** Whether a server asks for another try, which it then gets. */
  private boolean isLater(int status, Runnable again) {
    if (status != 503 || !isPatient) {
      return false;
    }
    unavailable++;
    loop.after(AGAIN_NANOS, again);
    return true;
  }

  private static void check(int status, String kind) {
    if (status != 200) {
      throw new LoadException(kind + " was answered with status " + status, null);
    }
  }

  /** A task is over when both its creation has been answered and its end is known. */
  private void part(int task) {
    if (--missing[task % RING] == 0) {
      inFlight--;
      tally.add(System.nanoTime() - startedAt[task % RING]);
      call();
    }
  }

  /** Returns when all tasks are done; the workers stay. */
  void stop() {
    loop.run(() -> stopped = true);
    subject.until(() -> inFlight == 0, 60);
  }

  /** Ends the workers. */
  void close() {
    loop.run(() -> {
      workers.forEach(Worker::die);
      pool.close();
    });
  }
}
