package dev.baton.server.warmup;

import dev.baton.server.background.BackgroundThread;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Practises on a server that is thrown away: in full until the real one is ready, and then for a
 * while longer whenever that one has nothing to do. It never keeps a server from starting.
 */
public final class WarmUp implements AutoCloseable {

  /** A server to practise on. */
  public interface Ground extends AutoCloseable {
    /** The port on this machine's loopback address. */
    int port();

    @Override
    void close();
  }

  /** Makes one. */
  @FunctionalInterface
  public interface Grounds {
    /** May fail: then nothing is practised. */
    Ground open() throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  /**
   * How much is to be practised in a training run, whose JVM keeps what it learns of it for later
   * starts; absent otherwise.
   */
  private static final int TRAINING_ROUNDS = Integer.getInteger("baton.training-rounds", 0);

  /** After so many, nearly all of what a call needs is compiled. */
  private static final int ENOUGH_ROUNDS = 100;

  /** After so many, more would bring little. */
  private static final int MOST_ROUNDS = 250;

  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Practice stands back for so long when the real server is used. */
  private static final long BACK_OFF_MS = 20;

  /** A server that has answered so many has practised by itself. */
  private static final long REAL_REQUESTS = 2_000;

  /** Beside a real server it takes this part of the time at most, however slow the machine is. */
  private static final int SHARE = 3;

  private static final long LEAST_PAUSE_MS = 10;

  /** A third of the share of others: the real server starts meanwhile. */
  private static final int NICENESS = 5;

  /** Its server ends faster, or hangs. */
  private static final long PATIENCE_MS = 3_000;

  private final Grounds grounds;
  private final Thread thread = new Thread(this::run, "warm-up");
  private final long atMostNanos;
  private final long begun = System.nanoTime();
  private volatile @Nullable LongSupplier realRequests;
  private volatile long waitedForSince = begun;
  private final CountDownLatch enough = new CountDownLatch(1);
  private volatile boolean isAwaited;
  private volatile boolean isStopped;

  private WarmUp(Grounds grounds, Duration atMost) {
    this.grounds = grounds;
    this.atMostNanos = atMost.toNanos();
    thread.setDaemon(true);
  }

  /**
   * Begins at once, on a thread of its own.
   *
   * @param atMost how long the real server may wait for it
   */
  public static WarmUp begin(Grounds grounds, Duration atMost) {
    WarmUp warmUp = new WarmUp(grounds, atMost);
    warmUp.thread.start();
    return warmUp;
  }

  /** Whether the real server need not wait: for more practice, or because it is used already. */
  public boolean isEnough() {
    LongSupplier requests = realRequests;
    return enough.getCount() == 0
        || System.nanoTime() - waitedForSince > atMostNanos
        || requests != null && requests.getAsLong() > 0;
  }

  /**
   * From now on the real server is used: practice goes on only while it is not.
   *
   * @param requests how many requests it has answered
   */
  public void standBackFor(LongSupplier requests) {
    waitedForSince = System.nanoTime();
    realRequests = requests;
  }

  /**
   * Waits until enough has been practised, or for so long: it is about to be needed. Meanwhile the
   * practice stands back for nobody.
   *
   * @return whether it is enough
   */
  public boolean awaitEnough(long mostMs) throws InterruptedException {
    isAwaited = true;
    try {
      return enough.await(mostMs, TimeUnit.MILLISECONDS);
    } finally {
      isAwaited = false;
    }
  }

  private void run() {
    BackgroundThread.giveWay(NICENESS); // And with it the threads of the server that it starts.
    int few = TRAINING_ROUNDS > 0 ? TRAINING_ROUNDS : ENOUGH_ROUNDS;
    int most = Math.max(few, MOST_ROUNDS);
    int rounds = 0;
    try (Ground ground = grounds.open();
        Practice practice = new Practice(ground.port())) {
      long seen = 0;
      while (!isStopped && rounds < most && System.nanoTime() - begun < MOST_NANOS) {
        LongSupplier requests = realRequests;
        long now = requests == null ? 0 : requests.getAsLong();
        if (now > REAL_REQUESTS) {
          break;
        }
        if (now != seen && !isAwaited) {
          seen = now;
          Thread.sleep(BACK_OFF_MS);
          continue;
        }
        long roundBegan = System.nanoTime();
        practice.round();
        if (++rounds >= few) {
          enough.countDown();
        }
        if (isEnough() && !isAwaited) {
          long tookMs = (System.nanoTime() - roundBegan) / 1_000_000;
          Thread.sleep(Math.max(LEAST_PAUSE_MS, (SHARE - 1) * tookMs));
        }
      }
      LOG.atLevel(TRAINING_ROUNDS > 0 ? Level.INFO : Level.DEBUG)
          .log("{} rounds of practice in {} ms", rounds, (System.nanoTime() - begun) / 1_000_000);
    } catch (IOException | RuntimeException e) {
      LOG.debug("Practice ended after {} rounds", rounds, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The server ends.
    } finally {
      enough.countDown();
    }
  }

  /** Ends the practice, and waits a while until its server is gone. */
  @Override
  public void close() {
    isStopped = true;
    try {
      thread.join(PATIENCE_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
