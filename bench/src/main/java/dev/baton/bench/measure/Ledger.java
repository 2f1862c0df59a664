package dev.baton.bench.measure;

import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Reply;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Scan;
import dev.baton.bench.load.Target;
import dev.baton.bench.load.Template;
import dev.baton.bench.load.Worker;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Callers that remember what the server has acknowledged, go on through its death, and afterwards
 * check that it still knows. Bare promises are settled by their caller, tasks by workers.
 */
final class Ledger implements Worker.Events {

  private static final byte CREATED = 1;
  private static final byte ACQUIRED = 2;
  private static final byte SETTLED = 4;

  private static final byte[] RESOLVED = Scan.ascii("\"state\":\"resolved\"");
  private static final byte[] VERSION_0 = Scan.ascii("\"version\":0");
  private static final int CHECKS_AT_ONCE = 64;

  private final Subject subject;
  private final Loop loop;
  private final Requests requests;
  private final Pool pool;
  private final boolean isOfTasks;
  private final Template create;
  private final Template settle;
  private byte[] known = new byte[1 << 16];
  private int number;
  private int unanswered;
  private int connected;
  private boolean isHeld;
  private int checking;
  private int failures;
  private long longestGapNanos;
  private long watchedSince;
  private long lastAnswerAt;
  private long firstAnswerAt;
  private int inCheck;
  private long lost;

  /**
   * Makes a ledger.
   *
   * @param group of the tasks; empty: bare promises
   */
  Ledger(Subject subject, String name, String group) {
    this.subject = subject;
    this.loop = subject.loop();
    this.requests = subject.requests(name);
    this.pool = new Pool(loop, subject.target());
    this.isOfTasks = !group.isEmpty();
    this.create = isOfTasks ? requests.createTask(group) : requests.createPromise();
    this.settle = requests.settlePromise();
  }

  Requests requests() {
    return requests;
  }

  private void mark(int item, byte what) {
    if (item >= known.length) {
      known = Arrays.copyOf(known, Math.max(item + 1, known.length * 2));
    }
    known[item] |= what;
  }

  /** Begins with the next promise, unless the ledger is held. */
  void next() {
    if (isHeld) {
      return;
    }
    int item = number++;
    mark(item, (byte) 0);
    send(
        create,
        item,
        () -> {
          mark(item, CREATED);
          if (!isOfTasks) {
            settle(item);
          } else if ((known[item] & SETTLED) != 0) {
            next();
          }
        });
  }

  private void settle(int item) {
    send(
        settle,
        item,
        () -> {
          mark(item, SETTLED);
          next();
        });
  }

  /** Sends until it is answered: creating and settling may be repeated. */
  private void send(Template request, int item, Runnable acknowledged) {
    unanswered++;
    long sentAt = System.nanoTime();
    pool.send(
        request,
        item,
        0,
        new Reply() {
          @Override
          public void answered(int status, byte[] bytes, int from, int to) {
            unanswered--;
            if (status == 503) {
              unanswered++;
              failed(new IOException("status 503"));
              return;
            }
            if (status != 200) {
              throw new LoadException("a request was answered with status " + status, null);
            }
            answeredWell(sentAt);
            acknowledged.run();
          }

          @Override
          public void failed(IOException reason) {
            failures++;
            loop.after(
                TimeUnit.MILLISECONDS.toNanos(20),
                () -> {
                  unanswered--;
                  send(request, item, acknowledged);
                });
          }
        });
  }

  private void answeredWell(long sentAt) {
    long now = System.nanoTime();
    longestGapNanos = Math.max(longestGapNanos, now - lastAnswerAt);
    lastAnswerAt = now;
    if (firstAnswerAt == 0 && sentAt - watchedSince >= 0) {
      firstAnswerAt = now;
    }
  }

  /** Watches from now on how it is answered. Only on the loop. */
  void watch() {
    failures = 0;
    longestGapNanos = 0;
    firstAnswerAt = 0;
    watchedSince = System.nanoTime();
    lastAnswerAt = watchedSince;
  }

  /** How many requests failed, or were answered 503, since it was watched. Only on the loop. */
  int failures() {
    return failures;
  }

  /** The longest time without an answer since it was watched. Only on the loop. */
  double longestGapMs() {
    return Math.max(longestGapNanos, System.nanoTime() - lastAnswerAt) / 1e6;
  }

  /**
   * From the moment since which it was watched to the answer of a request that was sent after it;
   * NaN if there is none yet. Only on the loop.
   */
  double firstAnswerSeconds() {
    return firstAnswerAt == 0 ? Double.NaN : (firstAnswerAt - watchedSince) / 1e9;
  }

  /** Sends nothing to one of several servers; null: to all. Only on the loop. */
  void avoid(@Nullable Target server) {
    if (server == null) {
      pool.avoidNobody();
    } else {
      pool.avoid(server);
    }
  }

  @Override
  public void connected(Worker worker) {
    connected++;
  }

  /** How many workers have connected. */
  int connected() {
    return connected;
  }

  @Override
  public void acquired(Worker worker, int item, long version) {
    mark(item, ACQUIRED);
  }

  @Override
  public void fulfilled(Worker worker, int item) {
    mark(item, SETTLED);
    if ((known[item] & CREATED) != 0) {
      next();
    }
  }

  /** Begins with nothing more; answers how many tasks are unfinished. */
  int hold() {
    isHeld = true;
    int unfinished = 0;
    for (int item = 0; item < number; item++) {
      unfinished += (known[item] & SETTLED) == 0 ? 1 : 0;
    }
    return unfinished;
  }

  /** Whether every task is done or held by one of the workers. */
  boolean isAllWithWorkers(List<Worker> workers) {
    for (int item = 0; item < number; item++) {
      int task = item;
      if ((known[item] & SETTLED) == 0 && workers.stream().noneMatch(w -> w.holds(task))) {
        return false;
      }
    }
    return true;
  }

  /** Whether all is answered and settled. */
  boolean isQuiet() {
    return unanswered == 0 && hold() == 0;
  }

  /** How many writes were acknowledged. */
  long acknowledged() {
    return loop.call(() -> {
      long count = 0;
      for (int item = 0; item < number; item++) {
        count += Integer.bitCount(known[item]);
      }
      return count;
    });
  }

  /** Asks the server for every promise and task; answers how many acknowledged writes it lost. */
  long verify() {
    loop.run(() -> {
      for (int i = 0; i < CHECKS_AT_ONCE; i++) {
        check();
      }
    });
    subject.until(() -> checking == number && inCheck == 0, 120);
    return loop.call(() -> {
      pool.close();
      return lost;
    });
  }

  private void check() {
    if (checking == number) {
      return;
    }
    int item = checking++;
    inCheck++;
    pool.send(
        requests.getPromise(),
        item,
        0,
        (status, bytes, from, to) -> {
          lost += (known[item] & CREATED) != 0 && status != 200 ? 1 : 0;
          boolean isResolved = status == 200 && Scan.contains(bytes, from, to, RESOLVED);
          lost += (known[item] & SETTLED) != 0 && !isResolved ? 1 : 0;
          if (isOfTasks) {
            checkTask(item);
          } else {
            inCheck--;
            check();
          }
        });
  }

  private void checkTask(int item) {
    pool.send(
        requests.getTask(),
        item,
        0,
        (status, bytes, from, to) -> {
          boolean isAcquired = status == 200 && !Scan.contains(bytes, from, to, VERSION_0);
          lost += (known[item] & ACQUIRED) != 0 && !isAcquired ? 1 : 0;
          inCheck--;
          check();
        });
  }
}
