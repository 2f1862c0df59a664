package dev.baton.bench.measure;

import dev.baton.bench.ceiling.Ceilings;
import dev.baton.bench.report.Goal;
import dev.baton.bench.report.Row;
import dev.baton.bench.report.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** How much a busy server does, and what CPU time it takes. */
final class Throughput {

  private static final int CALLERS = 64;
  private static final int WORKERS = 8;

  private Throughput() {}

  /** What a round found, and what was possible beside it. */
  private record Round(Tally.Round tally, Ceilings.Http echo, Ceilings.Upserts upserts) {

    /** Three requests and three row writes make a task. */
    double bestTasksPerSecond() {
      return Math.min(echo.requestsPerSecond(), upserts.rowsPerSecond()) / 3;
    }

    double bestCpuMsPerTask() {
      return 3 * (echo.cpuMs() + upserts.cpuMsPerRow());
    }
  }

  static void closedLoop(Setting setting) {
    closedLoop(setting, "", false, ClosedLoop.Told.BY_THE_WORKER);
  }

  static void closedLoopWithSlots(Setting setting) {
    closedLoop(setting, ", slots announced", true, ClosedLoop.Told.BY_THE_WORKER);
  }

  static void closedLoopUntilUnblock(Setting setting) {
    closedLoop(setting, ", until unblocked", false, ClosedLoop.Told.BY_THE_SERVER);
  }

  private static void closedLoop(
      Setting setting, String suffix, boolean announces, ClosedLoop.Told told) {
    List<Round> rounds = new ArrayList<>();
    int refused;
    try (Subject subject = setting.server()) {
      ClosedLoop load = new ClosedLoop(subject, "closed", told);
      if (announces) {
        load.workersWithSlots(WORKERS, CALLERS / WORKERS);
      } else {
        load.silentWorkers(WORKERS);
      }
      load.start(CALLERS);
      subject.pause(setting.options().warmUpSeconds() / 2);
      load.stop();
      for (int round = 0; round < setting.options().rounds(); round++) {
        Ceilings.Http echo = setting.ceilings().echo(CALLERS, setting.options().roundSeconds() / 3);
        Ceilings.Upserts upserts =
            setting.ceilings().upserts(CALLERS, setting.options().roundSeconds() / 3);
        load.start(CALLERS);
        rounds.add(new Round(load.tally().round(setting.options().roundSeconds()), echo, upserts));
        load.stop();
      }
      refused = load.refused();
      load.close();
    }
    boolean isGoal = told == ClosedLoop.Told.BY_THE_WORKER;
    Summary bestRate = of(rounds, Round::bestTasksPerSecond);
    Row rate =
        setting
            .row("tasks/s" + suffix, "", list(rounds, round -> round.tally.perSecond()))
            .reaching(new Goal.AtLeast(4000));
    setting.add(isGoal ? rate.under(bestRate, "min(echo, upserts)/3") : without(rate));
    latency(setting, "p50" + suffix, rounds, round -> round.tally.p50Ms(), isGoal ? 20 : 0);
    latency(setting, "p99" + suffix, rounds, round -> round.tally.p99Ms(), isGoal ? 50 : 0);
    Row cpu =
        setting.row("CPU per task" + suffix, "ms", list(rounds, round -> round.tally.cpuMsEach()));
    setting.add(
        isGoal
            ? cpu.under(of(rounds, Round::bestCpuMsPerTask), "3 x (echo + upsert)")
                .reaching(new Goal.AtMost(0.4))
            : cpu);
    if (refused > 0) {
      setting.add(setting.row("offers in vain" + suffix, "", List.of((double) refused)));
    }
  }

  private static Row without(Row row) {
    return Row.of(row.measure(), row.figure(), row.unit(), row.value());
  }

  private static void latency(
      Setting setting,
      String figure,
      List<Round> rounds,
      ToDoubleFunction<Round> value,
      double bound) {
    Row row = setting.row(figure, "ms", list(rounds, value));
    setting.add(bound == 0 ? row : row.reaching(new Goal.AtMost(bound)));
  }

  private static final Map<Integer, Double> PROMISE_GOALS =
      Map.of(1, 3_000.0, 16, 12_000.0, 64, 16_000.0, 256, 16_000.0);

  static void promiseLoop(Setting setting) {
    try (Subject subject = setting.server()) {
      for (int connections : new int[] {1, 16, 64, 256}) {
        promises(setting, subject, connections);
      }
    }
  }

  private static void promises(Setting setting, Subject subject, int connections) {
    double seconds = setting.options().roundSeconds();
    List<Round> rounds = new ArrayList<>();
    PromiseLoop load = new PromiseLoop(subject, "promises");
    load.start(connections);
    subject.pause(setting.options().warmUpSeconds() / 5);
    load.stop();
    for (int round = 0; round < setting.options().rounds(); round++) {
      Ceilings.Http echo = setting.ceilings().echo(connections, seconds / 3);
      Ceilings.Upserts upserts = setting.ceilings().upserts(connections, seconds / 3);
      load.start(connections);
      rounds.add(new Round(load.tally().round(seconds), echo, upserts));
      load.stop();
    }
    Summary best =
        of(
            rounds,
            round -> Math.min(round.echo.requestsPerSecond(), round.upserts.rowsPerSecond()));
    setting.add(
        setting
            .row("requests/s at " + connections, "", list(rounds, round -> round.tally.perSecond()))
            .under(best, "min(echo, upserts)")
            .reaching(new Goal.AtLeast(PROMISE_GOALS.getOrDefault(connections, 0.0))));
    Row p99 =
        setting
            .row("p99 at " + connections, "ms", list(rounds, round -> round.tally.p99Ms()))
            .under(of(rounds, round -> round.echo.p99Ms()), "echo");
    setting.add(connections == 256 ? p99.reaching(new Goal.AtMost(40)) : p99);
    Row cpu =
        setting
            .row(
                "CPU per request at " + connections,
                "ms",
                list(rounds, round -> round.tally.cpuMsEach()))
            .under(
                of(rounds, round -> round.echo.cpuMs() + round.upserts.cpuMsPerRow()),
                "echo + upsert");
    setting.add(connections == 64 ? cpu.reaching(new Goal.AtMost(0.1)) : cpu);
  }

  private static List<Double> list(List<Round> rounds, ToDoubleFunction<Round> figure) {
    return rounds.stream().mapToDouble(figure).boxed().toList();
  }

  private static Summary of(List<Round> rounds, ToDoubleFunction<Round> figure) {
    return Summary.of(list(rounds, figure));
  }
}
