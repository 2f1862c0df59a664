package dev.baton.bench.measure;

import dev.baton.bench.host.Proc;
import dev.baton.bench.report.Goal;
import java.nio.file.Path;
import java.sql.SQLException;
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
        subject.fill(subject.requests("pending").createPromise(), size);
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
        paced.round(setting.options().roundSeconds(), setting.random(-1));
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
    Database.fill(file, Database.Kind.SETTLED, TEN_MILLION);
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
}
