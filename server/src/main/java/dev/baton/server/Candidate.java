package dev.baton.server;

import dev.baton.core.RuleSet;
import dev.baton.server.cluster.Owner;
import dev.baton.server.cluster.Refused;
import dev.baton.server.cluster.Succession;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.postgres.Claim;
import dev.baton.server.storage.postgres.Contest;
import dev.baton.server.storage.postgres.DatabaseClock;
import dev.baton.server.storage.postgres.PostgresStorage;
import dev.baton.server.warmup.WarmUp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
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
  private final @Nullable WarmUp warmUp;
  private final Contest contest;

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

  /** How long the others may take to hear that this server leaves. */
  private static final long MOST_OFFERED_MS = 1_500;

  /** How long the one that follows may take to read the store. */
  private static final long MOST_READING_MS = 10_000;

  /** How long the one that follows may go on practising what an owner does. */
  private static final long MOST_PRACTISING_MS = 5_000;

  /** How much of the time for reading is left to read again what was written meanwhile. */
  private static final long LEFT_TO_CATCH_UP_MS = 4_000;

  /** How often it reads again what has been written, at the most, and how many rows are few. */
  private static final int MOST_CATCH_UPS = 8;

  private static final int FEW_ROWS = 100;

  /** How long it may take to claim what has been handed over. */
  private static final long MOST_CLAIMING_MS = 1_000;

  /** How long an owner may take to answer that this server follows it. */
  private static final long MOST_ANSWERING_MS = 2_000;

  /**
   * What has been read ahead of an owner that leaves.
   *
   * @param epoch that owner's
   * @param touched what it has written meanwhile
   * @param stages since it was asked to end
   */
  private record Ahead(
      long epoch, PostgresStorage storage, Shard prepared, byte[] touched, Stages stages) {
    void discard() {
      prepared.abandon();
      storage.close();
    }
  }

  private final AtomicReference<@Nullable Ahead> ahead = new AtomicReference<>();
  private final AtomicBoolean isReading = new AtomicBoolean();
  private volatile boolean isLeaving;
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
    this.warmUp = warmUp;
    this.contest = new Contest(settings, clock, this);
  }

  void start() {
    member.view().whenUrged(contest::urge);
    member.replica().whenOwnerLeaves(this::ownerLeaves);
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
    Ahead read = ahead.get();
    if (read != null) {
      read.stages().reached("claimed");
    }
    long began = System.nanoTime();
    later(() -> own(claim, began));
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
    following = null;
    Ahead read = ahead.getAndSet(null);
    if (read != null) {
      try {
        if (read.epoch() + 1 == claim.epoch()) {
          read.storage().follow(claim, read.touched());
          read.stages().reached("read again");
          following = read.stages();
          handOvers++;
          return read.prepared();
        }
      } catch (StorageException e) {
        LOG.warn("What was read ahead is of no use: {}", e.getMessage());
      }
      read.discard();
    }
    return member.prepare(PostgresStorage.open(settings, profile, claim));
  }

  /** The owner looks for one that follows; told again and again, on an event loop. */
  private void ownerLeaves(Owner owner) {
    if (!isLeaving && held == null && isReading.compareAndSet(false, true)) {
      Thread.ofPlatform()
          .daemon()
          .name("successor")
          .start(() -> {
            try {
              follow(owner);
            } catch (StorageException | ExecutionException | TimeoutException e) {
              LOG.info("This server does not follow the owner that leaves: {}", e.getMessage());
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            } finally {
              isReading.set(false);
            }
          });
    }
  }

  private void follow(Owner owner)
      throws ExecutionException, TimeoutException, InterruptedException {
    String name = UUID.randomUUID().toString();
    await(member.replica().begin(owner, name), MOST_ANSWERING_MS);
    long begun = System.nanoTime();
    contest.practise();
    PostgresStorage storage = PostgresStorage.ahead(settings, profile);
    Shard prepared = member.prepare(storage);
    try {
      if (warmUp != null && !warmUp.awaitEnough(practisingMs(begun))) {
        LOG.debug("This server follows before it has practised enough");
      }
      catchUp(storage, owner, name);
      if (isLeaving) {
        throw new StorageException("it leaves itself", null);
      }
      Stages stages = new Stages();
      byte[] touched = await(member.replica().end(owner, name), MOST_READING_MS);
      stages.reached("ended");
      Ahead before = ahead.getAndSet(new Ahead(owner.epoch(), storage, prepared, touched, stages));
      if (before != null) {
        before.discard();
      }
      contest.follow(owner.epoch(), storage.writerPid());
    } catch (ExecutionException | TimeoutException | InterruptedException | StorageException e) {
      prepared.abandon();
      storage.close();
      throw e;
    }
  }

  /** For how long it may go on practising: the owner does not wait for ever. */
  private static long practisingMs(long begun) {
    long readingMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    return Math.clamp(MOST_READING_MS - LEFT_TO_CATCH_UP_MS - readingMs, 0, MOST_PRACTISING_MS);
  }

  /** Reads again what the owner has written, which serves on, until that is little. */
  private void catchUp(PostgresStorage storage, Owner owner, String name)
      throws ExecutionException, TimeoutException, InterruptedException {
    for (int i = 0; i < MOST_CATCH_UPS; i++) {
      byte[] noted;
      try {
        noted = await(member.replica().noted(owner, name), MOST_ANSWERING_MS);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Refused) {
          return; // An owner of an earlier version tells only once.
        }
        throw e;
      }
      int rows = storage.readAgain(noted);
      if (i > 0 && rows < FEW_ROWS) {
        return;
      }
    }
  }

  private static <T> T await(Future<T> future, long mostMs)
      throws ExecutionException, TimeoutException, InterruptedException {
    return future.toCompletionStage().toCompletableFuture().get(mostMs, TimeUnit.MILLISECONDS);
  }

  /**
   * Lets another read the store before this server ends as its owner.
   *
   * @return whether it was handed over; if not, nothing has happened, or it has only been finished
   */
  private boolean handToSuccessor() {
    Shard own = member.shard();
    if (own == null
        || !(own.storage() instanceof PostgresStorage storage)
        || !member.replica().hasReplicas()) {
      return false;
    }
    Succession succession = member.succession();
    succession.offer(new NotesOf(own, storage));
    if (!succession.awaitSuccessor(MOST_OFFERED_MS, MOST_READING_MS) || member.shard() != own) {
      succession.handOver(null);
      return false;
    }
    held = null;
    boolean isFinished =
        member.finish(
            own,
            () -> {
              contest.followedByAnother();
              succession.handOver(storage.noted());
            });
    if (!isFinished) {
      succession.handOver(null);
      return false;
    }
    return isFollowed(own);
  }

  /** The notes of a store, which only the engine's thread may touch. */
  private record NotesOf(Shard own, PostgresStorage storage) implements Succession.Notes {
    @Override
    public Future<Void> begin() {
      return inStep(() -> {
        storage.note();
        return null;
      });
    }

    @Override
    public Future<byte[]> take() {
      return inStep(storage::takeNotes);
    }

    private <T extends @Nullable Object> Future<T> inStep(Supplier<T> action) {
      Promise<T> done = Promise.promise();
      own.engine()
          .execute(
              () -> done.complete(action.get()), () -> done.fail("the engine has ended already"));
      return done.future();
    }
  }

  /** Waits until the contest has found another owner, and this server has given up its shard. */
  private boolean isFollowed(Shard own) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MOST_CLAIMING_MS);
    while (member.shard() == own) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    return true;
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

  /** From now on it claims nothing. */
  void leave() {
    isLeaving = true;
    contest.leave();
  }

  /** Hands the store over in good order, if it is owned here; who waits may claim it at once. */
  void handOver() {
    leave();
    if (handToSuccessor()) {
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
    Ahead left = ahead.getAndSet(null);
    if (left != null) {
      left.discard();
    }
  }
}
