package dev.baton.bench.measure;

import dev.baton.bench.host.Proc;
import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Pool;
import dev.baton.bench.load.Template;
import dev.baton.bench.report.Goal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** How costs grow with what is there. */
final class Growth {

  private static final int[] SIZES = {1_000, 10_000, 100_000};
  private static final int CONNECTIONS = 64;
  private static final int TEN_MILLION = 10_000_000;

  private Growth() {}

  /** The promise loop, in front of 1,000, 10,000 and 100,000 pending promises. */
  static void promises(Setting setting) {
    for (int size : SIZES) {
      try (Subject subject = setting.server()) {
        double before = subject.residentMb();
        createPending(subject, size);
        double grown = subject.residentMb() - before;
        PromiseLoop load = new PromiseLoop(subject, "growth");
        load.start(CONNECTIONS);
        Tally.Round found = load.tally().round(setting.options().roundSeconds());
        load.stop();
        String at = " at " + String.format("%,d", size) + " live promises";
        setting.add(setting.row("requests/s" + at, "", List.of(found.perSecond())));
        setting.add(setting.row("CPU per request" + at, "ms", List.of(found.cpuMsEach())));
        setting.add(setting.row("memory more" + at, "MB", List.of(grown)));
      }
    }
  }

  private static void createPending(Subject subject, int count) {
    new Object() {
      private final Pool pool = new Pool(subject.loop(), subject.target());
      private final Template create = subject.requests("pending").createPromise();
      private int begun;
      private int done;

      private void next() {
        if (begun < count) {
          pool.send(
              create,
              begun++,
              0,
              (status, _, _, _) -> {
                if (status != 200) {
                  throw new LoadException("a creation was answered with " + status, null);
                }
                done++;
                next();
              });
        }
      }

      private void run() {
        subject
            .loop()
            .run(() -> {
              for (int i = 0; i < CONNECTIONS; i++) {
                next();
              }
            });
        subject.until(() -> done == count, 300);
        subject.loop().run(pool::close);
      }
    }.run();
  }

  /** Dispatch in a group of 1,000, 10,000 and 100,000 connected workers. */
  static void workers(Setting setting) {
    for (int size : SIZES) {
      if (size > Proc.fileLimit() - 500) {
        throw new NotPossibleException(
            size + " connections need a higher limit of open files than " + Proc.fileLimit());
      }
      try (Subject subject = setting.server("--transports-http-poll-max-connections=1000000")) {
        double before = subject.residentMb();
        Paced paced = new Paced(subject, "growth", false);
        Crowd crowd = paced.crowd(size);
        subject.pause(1);
        double grown = subject.residentMb() - before;
        double cpu = subject.cpuSeconds();
        Paced.Round found = paced.round(setting.options().roundSeconds(), setting.random(0));
        double each = (subject.cpuSeconds() - cpu) * 1000 / found.count();
        String at = " at " + String.format("%,d", size) + " workers";
        setting.add(setting.row("dispatch p50" + at, "ms", List.of(found.dispatchP50Ms())));
        setting.add(setting.row("dispatch p99" + at, "ms", List.of(found.dispatchP99Ms())));
        setting.add(setting.row("CPU per task, idle CPU included," + at, "ms", List.of(each)));
        setting.add(setting.row("memory more" + at, "MB", List.of(grown)));
        crowd.close();
        paced.stop();
      }
    }
  }

  /** A start in front of ten million settled promises, in 256 MB. */
  static void tenMillion(Setting setting) throws SQLException {
    Path file = setting.newFolder().resolve("history.db");
    setting.serverOn(file).close(); // Makes the tables.
    fill(file, TEN_MILLION);
    try (Subject subject = setting.serverOn(file)) {
      setting.add(
          setting
              .row("ready", "s", List.of(subject.process().readySeconds()))
              .reaching(new Goal.AtMost(2)));
      PromiseLoop load = new PromiseLoop(subject, "history");
      load.start(CONNECTIONS);
      Tally.Round found = load.tally().round(setting.options().roundSeconds());
      load.stop();
      setting.add(setting.row("requests/s", "", List.of(found.perSecond())));
      setting.add(
          setting
              .row("resident memory", "MB", List.of(subject.residentMb()))
              .reaching(new Goal.AtMost(256)));
    }
  }

  private static void fill(Path file, int count) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute("PRAGMA journal_mode = MEMORY");
      connection.setAutoCommit(false);
      // In the order of the ids, which is what makes it fast.
      try (PreparedStatement insert =
          connection.prepareStatement(
              """
              WITH RECURSIVE numbers (n) AS
                (SELECT ? UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?)
              INSERT INTO promises (id, state, param_headers, param_data, value_headers, value_data,
                tags, timeout_at, created_at, settled_at, task_state, task_version)
              SELECT printf('old-%09d', n), 1, NULL, 'eyJmdW5jIjoiY29tcHV0ZSJ9', NULL, 'NDI=',
                '{}', 1764000000000 + n, 1763000000000 + n, 1763000000001 + n, NULL, NULL
              FROM numbers
              """)) {
        int step = 250_000;
        for (int from = 0; from < count; from += step) {
          insert.setInt(1, from);
          insert.setInt(2, Math.min(count, from + step));
          insert.executeUpdate();
          connection.commit();
        }
      }
      connection.setAutoCommit(true);
      statement.execute("PRAGMA journal_mode = WAL");
    }
  }
}
