package dev.baton.bench.measure;

import dev.baton.bench.ceiling.Ceilings;
import dev.baton.bench.load.Worker;
import dev.baton.bench.report.Goal;
import dev.baton.bench.report.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** How fast an idle server hands a task to a worker, and a result to its caller. */
final class Latency {

  private Latency() {}

  /** What a round found, and what was possible beside it. */
  private record Round(Paced.Round paced, Ceilings.Http echo, Ceilings.Sync sync) {}

  static void idleDispatch(Setting setting) {
    dispatch(setting, "", false);
    dispatch(setting, ", slots announced", true);
  }

  private static void dispatch(Setting setting, String suffix, boolean announces) {
    List<Round> rounds = rounds(setting, false, announces);
    // The create request must be durable before the message leaves: a round trip and a sync.
    String meaning = "echo + sync";
    Summary best50 = of(rounds, round -> round.echo().p50Ms() + round.sync().p50Ms());
    Summary best99 = of(rounds, round -> round.echo().p99Ms() + round.sync().p99Ms());
    setting.add(
        setting
            .row("dispatch p50" + suffix, "ms", list(rounds, round -> round.paced.dispatchP50Ms()))
            .under(best50, meaning)
            .reaching(new Goal.AtMost(1)));
    setting.add(
        setting
            .row("dispatch p99" + suffix, "ms", list(rounds, round -> round.paced.dispatchP99Ms()))
            .under(best99, meaning)
            .reaching(new Goal.AtMost(3)));
  }

  static void callerUnblock(Setting setting) {
    List<Round> rounds = rounds(setting, true, false);
    // Create, acquire and fulfil follow one another, and each must be durable.
    String meaning = "3 x (echo + sync)";
    Summary best50 = of(rounds, round -> 3 * (round.echo().p50Ms() + round.sync().p50Ms()));
    Summary best99 = of(rounds, round -> 3 * (round.echo().p99Ms() + round.sync().p99Ms()));
    setting.add(
        setting
            .row("unblock p50", "ms", list(rounds, round -> round.paced.unblockP50Ms()))
            .under(best50, meaning)
            .reaching(new Goal.AtMost(2)));
    setting.add(
        setting
            .row("unblock p99", "ms", list(rounds, round -> round.paced.unblockP99Ms()))
            .under(best99, meaning)
            .reaching(new Goal.AtMost(6)));
  }

  private static List<Round> rounds(Setting setting, boolean listens, boolean announces) {
    List<Round> rounds = new ArrayList<>();
    double seconds = setting.options().roundSeconds();
    try (Subject subject = setting.server()) {
      Paced paced = new Paced(subject, "paced", listens);
      String pid = paced.group() + "-w";
      Worker worker =
          paced.worker(
              announces
                  ? Worker.Nature.announcing(paced.group(), pid, 4)
                  : Worker.Nature.unlimited(paced.group(), pid));
      subject.loop().run(worker::connect);
      subject.until(() -> paced.connected() == 2, 30);
      paced.round(1, setting.random(-1));
      for (int round = 0; round < setting.options().rounds(); round++) {
        Ceilings.Sync sync = setting.ceilings().sync(seconds / 6);
        Ceilings.Http echo = setting.ceilings().echo(1, seconds / 6);
        rounds.add(new Round(paced.round(seconds, setting.random(round)), echo, sync));
      }
      paced.stop();
    }
    return rounds;
  }

  private static List<Double> list(List<Round> rounds, ToDoubleFunction<Round> figure) {
    return rounds.stream().mapToDouble(figure).boxed().toList();
  }

  private static Summary of(List<Round> rounds, ToDoubleFunction<Round> figure) {
    return Summary.of(list(rounds, figure));
  }
}
