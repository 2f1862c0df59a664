package dev.baton.bench.measure;

import dev.baton.bench.report.Goal;
import dev.baton.bench.sdk.SdkProcess;
import dev.baton.bench.sdk.SdkRound;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the Java SDK makes of a task: a client and a worker of it in a process, beside those of
 * another build in turns, if there is one.
 */
final class SdkTasks {

  /** At most so much of what the other build needs. */
  private static final double GOAL = 1.1;

  private final Setting setting;
  private final SdkProcess ours;
  private final @Nullable SdkProcess other;

  private SdkTasks(Setting setting, SdkProcess ours, @Nullable SdkProcess other) {
    this.setting = setting;
    this.ours = ours;
    this.other = other;
  }

  static void run(Setting setting) {
    var baseline = setting.options().baseline();
    try (var subject = setting.server();
        var ours = start(setting, subject, "");
        var other = baseline.isEmpty() ? null : start(setting, subject, baseline)) {
      var tasks = new SdkTasks(setting, ours, other);
      tasks.measure("echo", "");
      tasks.measure("steps", ", two steps");
    }
  }

  private static SdkProcess start(Setting setting, Subject subject, String baseline) {
    return new SdkProcess(
        baseline,
        "http://" + subject.target().host(),
        subject.unique("sdk"),
        setting.options().folder());
  }

  private void measure(String function, String suffix) {
    double warmUp = setting.options().warmUpSeconds();
    ours.round(function, warmUp);
    if (other != null) {
      other.round(function, warmUp);
    }
    List<SdkRound> rounds = new ArrayList<>();
    List<SdkRound> others = new ArrayList<>();
    double seconds = setting.options().roundSeconds();
    for (int i = 0; i < setting.options().rounds(); i++) {
      if (other != null && i % 2 == 0) { // Who is first changes.
        others.add(other.round(function, seconds));
      }
      rounds.add(ours.round(function, seconds));
      if (other != null && i % 2 == 1) {
        others.add(other.round(function, seconds));
      }
    }
    add("tasks/s" + suffix, "", SdkRound::perSecond, rounds, others);
    add("p50" + suffix, "ms", SdkRound::p50Ms, rounds, others);
    add("p99" + suffix, "ms", SdkRound::p99Ms, rounds, others);
    add("CPU per task, client and worker" + suffix, "ms", SdkRound::cpuMs, rounds, others);
    add("allocated per task" + suffix, "KB", SdkRound::allocatedKb, rounds, others);
    compare("p50" + suffix, SdkRound::p50Ms, rounds, others);
    compare("CPU" + suffix, SdkRound::cpuMs, rounds, others);
  }

  private void add(
      String figure,
      String unit,
      ToDoubleFunction<SdkRound> of,
      List<SdkRound> rounds,
      List<SdkRound> others) {
    setting.add(setting.row(figure, unit, figures(of, rounds)));
    if (!others.isEmpty()) {
      setting.add(setting.row(figure + ", baseline", unit, figures(of, others)));
    }
  }

  private static List<Double> figures(ToDoubleFunction<SdkRound> of, List<SdkRound> rounds) {
    return rounds.stream().mapToDouble(of).boxed().toList();
  }

  /** Each round by the one beside it. */
  private void compare(
      String figure, ToDoubleFunction<SdkRound> of, List<SdkRound> rounds, List<SdkRound> others) {
    List<Double> shares = new ArrayList<>();
    for (int i = 0; i < others.size(); i++) {
      shares.add(of.applyAsDouble(rounds.get(i)) / of.applyAsDouble(others.get(i)));
    }
    if (!shares.isEmpty()) {
      setting.add(
          setting.row(figure + " by the baseline's", "", shares).reaching(new Goal.AtMost(GOAL)));
    }
  }
}
