package dev.baton.server.process;

import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import io.vertx.core.Vertx;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the store forget promises that were settled long ago: a few at a time between the batches,
 * so that nobody waits for it.
 */
public final class Retention {

  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private static final int ROWS = 200;
  private static final long PAUSE_MS = 25;
  private static final long ROUND_MS = 60_000;

  private final Vertx vertx;
  private final Engine engine;
  private final Storage storage;
  private final EngineMetrics metrics;
  private final Duration age;
  private long removed;

  /**
   * @param age how long promises stay after they were settled
   */
  public Retention(
      Vertx vertx, Engine engine, Storage storage, EngineMetrics metrics, Duration age) {
    this.vertx = vertx;
    this.engine = engine;
    this.storage = storage;
    this.metrics = metrics;
    this.age = age;
  }

  /** Begins; it ends with its Vert.x. */
  public void start() {
    again(PAUSE_MS);
  }

  private void again(long pauseMs) {
    vertx.setTimer(pauseMs, _ -> engine.execute(this::sweep));
  }

  private void sweep() {
    boolean isRoundOver = true;
    try {
      Storage.Sweep sweep = storage.removeSettled(engine.now() - age.toMillis(), ROWS);
      metrics.removed(sweep.removed());
      removed += sweep.removed();
      isRoundOver = sweep.isRoundOver();
    } catch (StorageException e) {
      LOG.warn("Settled promises could not be removed: {}", e.getMessage());
    }
    if (isRoundOver && removed > 0) {
      LOG.info("Removed {} promises that were settled more than {} ago", removed, age);
      removed = 0;
    }
    again(isRoundOver ? Math.min(ROUND_MS, Math.max(PAUSE_MS, age.toMillis())) : PAUSE_MS);
  }
}
