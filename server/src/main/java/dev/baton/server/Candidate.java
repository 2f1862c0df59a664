package dev.baton.server;

import dev.baton.core.RuleSet;
import dev.baton.server.cluster.Owner;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.postgres.Claim;
import dev.baton.server.storage.postgres.Contest;
import dev.baton.server.storage.postgres.DatabaseClock;
import dev.baton.server.storage.postgres.PostgresStorage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member whose part in the ownership the database decides. What follows from that happens on a
 * thread of its own, one thing after the other: loading takes time, while the contest goes on.
 */
final class Candidate implements Contest.Listener, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Candidate.class);

  private final Member member;
  private final PostgresStorage.Settings settings;
  private final RuleSet.Profile profile;
  private final Contest contest;

  /** Between two tries to load what is owned. */
  private static final long LOAD_AGAIN_MS = 200;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "ownership");
        made.setDaemon(true);
        return made;
      });

  /** What was heard last; only the contest's thread looks. */
  private @Nullable Owner last;

  private boolean isKnown;
  private volatile @Nullable Claim held;
  private volatile long takeovers;
  private volatile long takeoverNanos;

  Candidate(
      Member member,
      PostgresStorage.Settings settings,
      RuleSet.Profile profile,
      DatabaseClock clock) {
    this.member = member;
    this.settings = settings;
    this.profile = profile;
    this.contest = new Contest(settings, clock, this);
  }

  void start() {
    contest.start();
  }

  @Override
  public void ownedElsewhere(long epoch, @Nullable String url) {
    hear(new Owner(epoch, url == null ? "" : url, null));
  }

  @Override
  public void ownerUnknown() {
    hear(null);
  }

  private void hear(@Nullable Owner owner) {
    boolean isNews = !isKnown || (owner == null ? last != null : !owner.equals(last));
    if (isNews) {
      isKnown = true;
      last = owner;
      later(() -> end(member.follow(owner)));
    }
  }

  @Override
  public void won(Claim claim) {
    isKnown = false;
    held = claim;
    long began = System.nanoTime();
    later(() -> own(claim, began));
  }

  @Override
  public void deposed() {
    held = null;
    later(() -> end(member.follow(null)));
  }

  private void later(Runnable action) {
    later(action, 0);
  }

  private void later(Runnable action, long delayMs) {
    try {
      thread.schedule(
          () -> {
            try {
              action.run();
            } catch (RuntimeException | Error e) {
              LOG.error("A change of ownership failed", e);
            }
          },
          delayMs,
          TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("The server is ending", e);
    }
  }

  private void own(Claim claim, long began) {
    if (held != claim) {
      return;
    }
    try {
      PostgresStorage storage = PostgresStorage.open(settings, profile, claim);
      if (held != claim) {
        storage.close();
        return;
      }
      member.own(claim.epoch(), storage, former -> later(() -> end(member.giveUp(former))));
      takeovers++;
      takeoverNanos = System.nanoTime() - began;
      LOG.info(
          "Loaded the store and serving as its owner after {} ms",
          TimeUnit.NANOSECONDS.toMillis(takeoverNanos));
    } catch (StorageException e) {
      LOG.warn("What this server owns could not be loaded: {}", e.getMessage());
      later(() -> own(claim, began), LOAD_AGAIN_MS);
    }
  }

  /** Waits until a shard that was given up does nothing more, and lets go of its store. */
  private static void end(@Nullable Shard left) {
    if (left != null) {
      Thread.ofPlatform()
          .daemon()
          .name("former owner")
          .start(() -> {
            left.awaitEnd();
            left.storage().close();
          });
    }
  }

  /** How often this server has taken over. */
  long takeovers() {
    return takeovers;
  }

  /** How long the last time took, from the claim to serving. */
  double takeoverSeconds() {
    return takeoverNanos / 1e9;
  }

  /** How long the database has not been heard. */
  double silenceSeconds() {
    return contest.silenceMs() / 1e3;
  }

  /** From now on it claims nothing. */
  void leave() {
    contest.leave();
  }

  /** Hands the store over in good order, if it is owned here; who waits may claim it at once. */
  void handOver() {
    leave();
    held = null;
    Shard left = member.stepDown();
    if (left != null) {
      left.storage().close();
      contest.released();
    }
  }

  @Override
  public void close() {
    contest.close();
    thread.shutdownNow();
  }
}
