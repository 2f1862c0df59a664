package dev.baton.bench.measure;

import dev.baton.bench.ceiling.Ceilings;
import dev.baton.bench.load.Follower;
import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import dev.baton.bench.report.Row;
import dev.baton.bench.report.Summary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What connected workers cost. */
final class ManyWorkers {

  private static final Worker.Events NOTHING = new Worker.Events() {};
  private static final double IDLE_WINDOW_SECONDS = 5;

  private ManyWorkers() {}

  static void idleCpu(Setting setting) {
    try (Subject subject = setting.server()) {
      Crowd crowd =
          Crowd.connect(subject, subject.requests("idle"), subject.unique("idle"), 1_000, NOTHING);
      subject.pause(2);
      List<Double> percent =
          setting.rounds(_ -> {
            double before = subject.cpuSeconds();
            subject.pause(IDLE_WINDOW_SECONDS);
            return (subject.cpuSeconds() - before) / IDLE_WINDOW_SECONDS * 100;
          });
      setting.add(
          setting
              .row("CPU with 1,000 idle workers", "% of a core", percent)
              .reaching(new Goal.AtMost(1)));
      crowd.close();
    }
  }

  static void tenThousand(Setting setting) {
    try (Subject subject = setting.server("--transports-http-poll-max-connections=20000")) {
      double before = subject.residentMb();
      Paced paced = new Paced(subject, "crowd", false);
      Crowd crowd = paced.crowd(10_000);
      subject.pause(2);
      double connected = subject.residentMb();
      paced.round(1, setting.random(-1));
      dispatch(setting, paced, "");
      setting.add(memory(setting, subject, connected, ""));
      setting.add(setting.row("of it before they came", "MB", List.of(before)));
      Follower follower = follow(subject);
      subject.until(() -> follower.bytes() > 0, 30);
      dispatch(setting, paced, ", groups followed");
      setting.add(memory(setting, subject, connected, ", groups followed"));
      subject.loop().run(follower::close);
      crowd.close();
      paced.stop();
    }
  }

  private static void dispatch(Setting setting, Paced paced, String how) {
    List<Double> p50 = new ArrayList<>();
    List<Double> p99 = new ArrayList<>();
    List<Double> best = new ArrayList<>();
    double seconds = setting.options().roundSeconds();
    for (int round = 0; round < setting.options().rounds(); round++) {
      Ceilings.Sync sync = setting.ceilings().sync(seconds / 6);
      Ceilings.Http echo = setting.ceilings().echo(1, seconds / 6);
      Paced.Round found = paced.round(seconds, setting.random(round));
      p50.add(found.dispatchP50Ms());
      p99.add(found.dispatchP99Ms());
      best.add(echo.p99Ms() + sync.p99Ms());
    }
    setting.add(setting.row("dispatch p50" + how, "ms", p50));
    setting.add(
        setting
            .row("dispatch p99" + how, "ms", p99)
            .under(Summary.of(best), "echo + sync")
            .reaching(new Goal.AtMost(5)));
  }

  private static Row memory(Setting setting, Subject subject, double connected, String how) {
    double most = Math.max(connected, subject.residentMb());
    return setting.row("resident memory" + how, "MB", List.of(most)).reaching(new Goal.AtMost(300));
  }

  /** What the operator does: it is told of every change in every group. */
  private static Follower follow(Subject subject) {
    return subject
        .loop()
        .call(() -> {
          try {
            return new Follower(subject.loop(), subject.target(), "/groups");
          } catch (IOException e) {
            throw new LoadException("could not follow the groups", e);
          }
        });
  }
}
