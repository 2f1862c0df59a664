package dev.baton.server;

import dev.baton.core.RuleSet;
import dev.baton.server.cluster.Owner;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.postgres.Claim;
import dev.baton.server.storage.postgres.Contest;
import dev.baton.server.storage.postgres.DatabaseClock;
import dev.baton.server.storage.postgres.Leaving;
import dev.baton.server.storage.postgres.PostgresStorage;
import dev.baton.server.warmup.WarmUp;
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
  private final Leaving leaving = new Leaving();
  private final Contest contest;
  private final Follower follower;

  /** How long who leaves goes on to follow an owner that ends for it. */
  private static final long MOST_FOLLOWING_MS = Follower.MOST_READING_MS;

  /** Between two tries to load what is owned. */
  private static final long LOAD_AGAIN_MS = 200;

  private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(task -> {
        Thread made = new Thread(task, "ownership");
        made.setDaemon(true);
        return made;
      });

  /** What was heard last; only the contest's thread looks. */
  private @Nullable Owner last;

  private String told = "";
  private long toldAt;

  private boolean isKnown;

  /** Of the hand-over by which this server owns what it opened last; only one thread looks. */
  private @Nullable Stages following;

  private volatile @Nullable Claim held;
  private volatile long takeovers;
  private volatile long handOvers;
  private volatile long takeoverNanos;

  Candidate(
      Member member,
      PostgresStorage.Settings settings,
      RuleSet.Profile profile,
      DatabaseClock clock,
      @Nullable WarmUp warmUp) {
    this.member = member;
    this.settings = settings;
    this.profile = profile;
    this.contest = new Contest(settings, clock, leaving, this);
    this.follower = new Follower(member, contest, leaving, settings, profile, warmUp);
  }

  void start() {
    member.view().whenUrged(contest::urge);
    member
        .replica()
        .whenOwnerLeaves(owner -> {
          if (held == null) {
            follower.ownerLeaves(owner);
          }
        });
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
    member.view().claimed(claim.epoch());
    follower.claimed();
    long began = System.nanoTime();
    later(() -> {
      try {
        own(claim, began);
      } finally {
        leaving.hasFollowed();
      }
    });
  }

  @Override
  public void deposed() {
    held = null;
    member.view().claimed(0);
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
      Shard prepared = open(claim);
      if (held != claim) {
        prepared.abandon();
        prepared.storage().close();
        return;
      }
      member.own(claim.epoch(), prepared, former -> later(() -> end(member.giveUp(former))));
      takeovers++;
      takeoverNanos = System.nanoTime() - began;
      LOG.info(
          "Loaded the store and serving as its owner after {} ms",
          TimeUnit.NANOSECONDS.toMillis(takeoverNanos));
      Stages stages = following;
      if (stages != null) {
        stages.reached("serving");
        LOG.info("The owner before was asked to end for this server to follow: {}", stages);
      }
    } catch (StorageException e) {
      tell(String.valueOf(e.getMessage()));
      later(() -> own(claim, began), LOAD_AGAIN_MS);
    }
  }

  /** It is tried five times a second: the same trouble is told of once a minute. */
  private void tell(String said) {
    long now = System.nanoTime();
    if (!said.equals(told) || now - toldAt > TELL_AGAIN_NANOS) {
      told = said;
      toldAt = now;
      LOG.warn("What this server owns could not be loaded: {}", said);
    }
  }

  private Shard open(Claim claim) {
    Follower.Followed followed = follower.take(claim);
    if (followed == null) {
      following = null;
      return member.prepare(PostgresStorage.open(settings, profile, claim));
    }
    following = followed.stages();
    handOvers++;
    return followed.shard();
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

  /** How many of these times it had read the store before the owner ended. */
  long handOvers() {
    return handOvers;
  }

  /** How long the last time took, from the claim to serving. */
  double takeoverSeconds() {
    return takeoverNanos / 1e9;
  }

  /** How long the database has not been heard. */
  double silenceSeconds() {
    return contest.silenceMs() / 1e3;
  }

  /** From now on it claims nothing; if an owner ends for it to follow, it follows first. */
  void leave() {
    leaving.leave(MOST_FOLLOWING_MS);
  }

  /** Hands the store over in good order, if it is owned here; who waits may claim it at once. */
  void handOver() {
    leave();
    if (new HandOver(member, contest).toSuccessor(() -> held = null)) {
      return;
    }
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
    follower.close();
  }
}
