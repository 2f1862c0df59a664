package dev.baton.bench.report;

/** What a figure must reach. */
public sealed interface Goal {

  /** The bound itself. */
  double bound();

  /** Whether a figure reaches it. */
  boolean isReachedBy(double figure);

  /** The smaller, the better. */
  record AtMost(double bound) implements Goal {
    @Override
    public boolean isReachedBy(double figure) {
      return figure <= bound;
    }
  }

  /** The larger, the better. */
  record AtLeast(double bound) implements Goal {
    @Override
    public boolean isReachedBy(double figure) {
      return figure >= bound;
    }
  }
}
