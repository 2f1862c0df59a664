package dev.baton.bench.load;

/** One request, again and again on several connections; every answer is a sample. */
public final class Repetition {

  private final Loop loop;
  private final Pool pool;
  private final Template request;
  private final int most;
  private final long pauseNanos;
  private final Samples samples = new Samples();
  private int begun;
  private int inFlight;
  private boolean isStopped;

  private Repetition(Loop loop, Target target, Template request, int most, long pauseNanos) {
    this.loop = loop;
    this.pool = new Pool(loop, target);
    this.request = request;
    this.most = most;
    this.pauseNanos = pauseNanos;
  }

  /**
   * Begins.
   *
   * @param most how many requests there are to be; each has its own number
   */
  public static Repetition start(
      Loop loop, Target target, Template request, int connections, int most) {
    return begun(new Repetition(loop, target, request, most, 0), connections);
  }

  /** So many, one after another, with a pause before each. */
  public static Repetition paced(
      Loop loop, Target target, Template request, int count, long pauseNanos) {
    return begun(new Repetition(loop, target, request, count, pauseNanos), 1);
  }

  private static Repetition begun(Repetition repetition, int connections) {
    repetition.loop.run(() -> {
      for (int i = 0; i < connections; i++) {
        repetition.next();
      }
    });
    return repetition;
  }

  private void next() {
    if (pauseNanos == 0) {
      send();
    } else {
      loop.after(pauseNanos, this::send);
    }
  }

  private void send() {
    if (isStopped || begun == most) {
      return;
    }
    inFlight++;
    long started = System.nanoTime();
    pool.send(
        request,
        begun++,
        0,
        (status, _, _, _) -> {
          inFlight--;
          if (status != 200) {
            throw new LoadException("a request was answered with status " + status, null);
          }
          samples.add(System.nanoTime() - started);
          next();
        });
  }

  /** How long each answer since {@link Samples#clear} took. Only on the loop. */
  public Samples samples() {
    return samples;
  }

  /** Whether all is answered. Only on the loop. */
  public boolean isQuiet() {
    return inFlight == 0;
  }

  /** Begins nothing more. */
  public void stop() {
    loop.run(() -> isStopped = true);
  }

  /** Closes the connections. */
  public void close() {
    loop.run(pool::close);
  }
}
