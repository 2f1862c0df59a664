package dev.baton.bench.measure;

import dev.baton.bench.load.Samples;

/** Counts what a load does, round by round. */
final class Tally {

  /**
   * What a round came to.
   *
   * @param cpuSeconds of the server; NaN if its process is not known
   */
  record Round(double seconds, int count, double p50Ms, double p99Ms, double cpuSeconds) {

    double perSecond() {
      return count / seconds;
    }

    double cpuMsEach() {
      return cpuSeconds * 1000 / count;
    }
  }

  private final Subject subject;
  private final Samples samples = new Samples();

  Tally(Subject subject) {
    this.subject = subject;
  }

  /** Something was done and took this long. Only on the loop. */
  void add(long nanos) {
    samples.add(nanos);
  }

  /** How many were done since the last round began. */
  int count() {
    return subject.loop().call(samples::size);
  }

  /** What was done since the last round began. */
  Round soFar() {
    return subject
        .loop()
        .call(() ->
            new Round(Double.NaN, samples.size(), samples.ms(0.5), samples.ms(0.99), Double.NaN));
  }

  /** Counts for a while. */
  Round round(double seconds) {
    subject.loop().run(samples::clear);
    double cpu = subject.cpuSeconds();
    long started = System.nanoTime();
    subject.pause(seconds);
    return subject
        .loop()
        .call(() -> {
          double elapsed = (System.nanoTime() - started) / 1e9;
          double used = subject.cpuSeconds() - cpu;
          return new Round(elapsed, samples.size(), samples.ms(0.5), samples.ms(0.99), used);
        });
  }
}
