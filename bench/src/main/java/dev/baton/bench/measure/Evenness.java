package dev.baton.bench.measure;

import dev.baton.bench.load.Loop;
import dev.baton.bench.report.Goal;
import dev.baton.bench.report.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToLongFunction;

/** How well work spreads over one-slot workers. */
final class Evenness {

  private static final int TASKS = 12;
  private static final double TASK_MS = 200;
  private static final int GROUPS = 8;
  private static final double MEAN_MS = 250;
  private static final double LOAD = 0.8;

  private Evenness() {}

  /** A dozen equal tasks at once on three workers, ten times or more. */
  static void makespan(Setting setting) {
    try (Subject subject = setting.server()) {
      makespan(setting, subject, Spread.Slots.ANNOUNCED, "");
      makespan(setting, subject, Spread.Slots.SILENT, ", slots not announced");
    }
  }

  static void makespan(Setting setting, Subject subject, Spread.Slots slots, String suffix) {
    long idealNanos = Spread.millis(TASK_MS * TASKS / Spread.WORKERS);
    List<Double> means = new ArrayList<>();
    List<Double> worst = new ArrayList<>();
    for (int round = 0; round < setting.options().rounds(); round++) {
      double sum = 0;
      double most = 0;
      int tries = 4;
      for (int i = 0; i < tries; i++) {
        double ratio = (double) makespanNanos(subject, slots) / idealNanos;
        sum += ratio;
        most = Math.max(most, ratio);
      }
      means.add(sum / tries);
      worst.add(most);
    }
    setting.add(
        setting.row("over the ideal, mean" + suffix, "", means).reaching(new Goal.AtMost(1.05)));
    setting.add(
        setting.worst("over the ideal, worst" + suffix, "", worst).reaching(new Goal.AtMost(1.15)));
  }

  private static long makespanNanos(Subject subject, Spread.Slots slots) {
    Spread spread = new Spread(subject, "dozen", slots, _ -> Spread.millis(TASK_MS));
    Loop loop = subject.loop();
    loop.run(() -> {
      for (int i = 0; i < TASKS; i++) {
        spread.create();
      }
    });
    subject.until(() -> spread.done == TASKS, 60);
    return loop.call(() -> {
      spread.close();
      long end = spread.fates.stream().mapToLong(fate -> fate.finishedAt).max().orElseThrow();
      return end - spread.fates.getFirst().createdAt;
    });
  }

  /**
   * Poisson arrivals at 80 % load, exponential durations: the mean wait over that of one perfect
   * queue, which is computed from the same arrivals and durations. Several groups run at once.
   */
  static void poisson(Setting setting) {
    try (Subject subject = setting.server()) {
      poisson(setting, subject, Spread.Slots.ANNOUNCED, "");
      poisson(setting, subject, Spread.Slots.SILENT, ", slots not announced");
    }
  }

  private static void poisson(Setting setting, Subject subject, Spread.Slots slots, String suffix) {
    List<Double> ratios = new ArrayList<>();
    List<Double> perfect = new ArrayList<>();
    for (int round = 0; round < setting.options().rounds(); round++) {
      double seconds = setting.options().roundSeconds() * 5;
      List<Stream> streams = new ArrayList<>();
      for (int group = 0; group < GROUPS; group++) {
        streams.add(new Stream(subject, slots, setting.random(round * GROUPS + group), seconds));
      }
      streams.forEach(stream -> subject.loop().run(stream::next));
      subject.until(() -> streams.stream().allMatch(Stream::isOver), seconds + 60);
      double waited = 0;
      double best = 0;
      int count = 0;
      for (Stream stream : streams) {
        subject.loop().run(stream.spread::close);
        count += stream.spread.fates.size();
        waited += stream.waitedNanos();
        best += stream.perfectNanos();
      }
      ratios.add(waited / best);
      perfect.add(best / count / 1e6);
    }
    Row row = setting.row("mean wait over the perfect queue's" + suffix, "", ratios);
    setting.add(slots == Spread.Slots.ANNOUNCED ? row.reaching(new Goal.AtMost(1.1)) : row);
    if (slots == Spread.Slots.ANNOUNCED) {
      setting.add(setting.row("the perfect queue's mean wait", "ms", perfect));
    }
  }

  /** Arrivals at one group. */
  private static final class Stream {
    private final Loop loop;
    private final Spread spread;
    private final Random arrivals;
    private final IntToLongFunction workNanos;
    private final long end;
    private boolean isClosed;

    private Stream(Subject subject, Spread.Slots slots, Random seeds, double seconds) {
      this.loop = subject.loop();
      this.arrivals = new Random(seeds.nextLong());
      long seed = seeds.nextLong();
      this.workNanos = task -> exponentialNanos(new Random(seed + task * 7919L), MEAN_MS);
      this.spread = new Spread(subject, "poisson", slots, workNanos);
      this.end = System.nanoTime() + (long) (seconds * 1e9);
    }

    private static long exponentialNanos(Random random, double meanMs) {
      random.nextInt(); // The first number of seeds that are alike is alike.
      return Math.max(1, Spread.millis(-Math.log(1 - random.nextDouble()) * meanMs));
    }

    private void next() {
      long gap = exponentialNanos(arrivals, MEAN_MS / Spread.WORKERS / LOAD);
      loop.after(
          gap,
          () -> {
            if (System.nanoTime() < end) {
              spread.create();
              next();
            } else {
              isClosed = true;
            }
          });
    }

    private boolean isOver() {
      return isClosed && spread.done == spread.fates.size();
    }

    private double waitedNanos() {
      return spread.fates.stream().mapToDouble(fate -> fate.beganAt - fate.createdAt).sum();
    }

    private double perfectNanos() {
      return Spread.perfectMeanWaitNanos(spread.fates, workNanos) * spread.fates.size();
    }
  }
}
