package dev.baton.bench.load;

import java.util.Arrays;

/** Durations of one round, in nanoseconds. */
public final class Samples {

  private long[] values = new long[1024];
  private int size;

  public void add(long nanos) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = nanos;
  }

  /** Those of another round as well. */
  public void addAll(Samples others) {
    for (int i = 0; i < others.size; i++) {
      add(others.values[i]);
    }
  }

  public int size() {
    return size;
  }

  public void clear() {
    size = 0;
  }

  /** A quantile in milliseconds, 0.99 for p99; NaN if there are no samples. */
  public double ms(double quantile) {
    if (size == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    return sorted[Math.clamp((long) Math.ceil(quantile * size) - 1, 0, size - 1)] / 1e6;
  }

  /** The mean in milliseconds; NaN if there are no samples. */
  public double meanMs() {
    return Arrays.stream(values, 0, size).average().orElse(Double.NaN) / 1e6;
  }

  /** The longest in milliseconds; NaN if there are no samples. */
  public double maxMs() {
    return ms(1);
  }
}
