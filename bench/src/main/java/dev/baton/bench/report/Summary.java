package dev.baton.bench.report;

import java.util.List;

/**
 * The figures of several rounds.
 *
 * @param figure what stands for all: their median, or the most
 */
public record Summary(double figure, double least, double most, List<Double> rounds) {

  /** Stands for its rounds by their median; rounds that found nothing (NaN) make it NaN. */
  public static Summary of(List<Double> rounds) {
    double[] sorted = sorted(rounds);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return of(median, sorted, rounds);
  }

  /** Stands for its rounds by the most of them. */
  public static Summary worstOf(List<Double> rounds) {
    double[] sorted = sorted(rounds);
    return of(sorted[sorted.length - 1], sorted, rounds);
  }

  /** A figure that was taken once. */
  public static Summary of(double value) {
    return of(List.of(value));
  }

  private static Summary of(double figure, double[] sorted, List<Double> rounds) {
    return new Summary(figure, sorted[0], sorted[sorted.length - 1], List.copyOf(rounds));
  }

  private static double[] sorted(List<Double> rounds) {
    if (rounds.isEmpty()) {
      throw new IllegalArgumentException("a summary needs a round");
    }
    double[] sorted = rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    // NaN sorts last; with one, nothing is known.
    return Double.isNaN(sorted[sorted.length - 1]) ? new double[] {Double.NaN} : sorted;
  }

  /** Whether there is no figure. */
  public boolean isMissing() {
    return Double.isNaN(figure);
  }
}
