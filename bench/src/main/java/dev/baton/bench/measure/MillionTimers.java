package dev.baton.bench.measure;

import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Samples;
import dev.baton.bench.load.Template;
import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;

/** How late timers fire in front of a million pending ones, and what those cost. */
final class MillionTimers {

  private static final int PENDING = 1_000_000;
  private static final int TIMERS = 1_000;
  private static final long LEAD_MS = 5_000;
  private static final int SPAN_MS = 5_000;

  private MillionTimers() {}

  static void run(Setting setting) throws SQLException {
    Path file = setting.newFolder().resolve("timers.db");
    double empty;
    try (Subject subject = setting.serverOn(file)) { // Makes the tables.
      empty = subject.residentMb();
    }
    Database.fill(file, Database.Kind.PENDING_TIMERS, PENDING);
    try (Subject subject = setting.serverOn(file)) {
      setting.add(setting.row("ready", "s", List.of(subject.process().readySeconds())));
      double more = subject.residentMb() - empty;
      setting.add(setting.row("memory per timer", "B", List.of(more * 1e6 / PENDING)));
      Samples late = new Late(subject, setting.random(0)).run();
      setting.add(setting.row("late p50", "ms", List.of(late.ms(0.5))));
      setting.add(
          setting.row("late p99", "ms", List.of(late.ms(0.99))).reaching(new Goal.AtMost(5)));
      setting.add(setting.row("late max", "ms", List.of(late.maxMs())));
    }
  }

  /** Timers that a caller listens for: from the instant to the caller's hearing of it. */
  private static final class Late implements Worker.Events {
    private final Subject subject;
    private final Loop loop;
    private final Requests requests;
    private final Pool pool;
    private final Template listen;
    private final Worker caller;
    private final long[] instants = new long[TIMERS];
    private final Samples late = new Samples();
    private int connected;
    private int listening;

    private Late(Subject subject, Random random) {
      this.subject = subject;
      this.loop = subject.loop();
      this.requests = subject.requests("timers");
      this.pool = new Pool(loop, subject.target());
      String pid = subject.unique("sleeper");
      this.listen = requests.listen(pid, pid);
      this.caller =
          new Worker(
              loop,
              requests,
              Worker.Nature.unlimited(pid, pid),
              Worker.Resilience.NONE,
              _ -> 0,
              this);
      long begin = System.currentTimeMillis() + LEAD_MS;
      for (int i = 0; i < TIMERS; i++) {
        instants[i] = begin + random.nextInt(SPAN_MS);
      }
    }

    private Samples run() {
      loop.run(caller::connect);
      subject.until(() -> connected == 1, 30);
      loop.run(() -> create(0));
      subject.until(() -> listening == TIMERS, LEAD_MS / 1000.0);
      subject.until(() -> late.size() == TIMERS, 60);
      return loop.call(() -> {
        caller.die();
        pool.close();
        return late;
      });
    }

    private void create(int timer) {
      if (timer == TIMERS) {
        return;
      }
      pool.send(
          requests.createTimer(instants[timer]),
          timer,
          0,
          (status, _, _, _) -> {
            check(status);
            listen(timer);
          });
    }

    private void listen(int timer) {
      pool.send(
          listen,
          timer,
          0,
          (status, _, _, _) -> {
            check(status);
            listening++;
            create(timer + 1);
          });
    }

    private static void check(int status) {
      if (status != 200) {
        throw new LoadException("a request was answered with status " + status, null);
      }
    }

    @Override
    public void connected(Worker worker) {
      connected++;
    }

    @Override
    public void unblocked(Worker worker, int timer) {
      late.add(ChronoUnit.NANOS.between(Instant.ofEpochMilli(instants[timer]), Instant.now()));
    }
  }
}
