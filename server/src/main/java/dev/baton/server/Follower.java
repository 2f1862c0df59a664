package dev.baton.server;

import dev.baton.core.RuleSet;
import dev.baton.server.cluster.Owner;
import dev.baton.server.cluster.Refused;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.postgres.Claim;
import dev.baton.server.storage.postgres.Contest;
import dev.baton.server.storage.postgres.Leaving;
import dev.baton.server.storage.postgres.PostgresStorage;
import dev.baton.server.warmup.WarmUp;
import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a server follows an owner that leaves: it reads the store while that serves on, does for
 * nothing what an owner does, reads again what has been written meanwhile, and lets the owner end.
 * Then the contest claims the store. Nothing may be wrong without it.
 */
final class Follower implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Follower.class);

  /** How long the store may take to be read; the owner waits for that long. */
  static final long MOST_READING_MS = 10_000;

  /** How long this server may go on practising what an owner does. */
  private static final long MOST_PRACTISING_MS = 5_000;

  /** How much of the time for reading is left to read again what was written meanwhile. */
  private static final long LEFT_TO_CATCH_UP_MS = 4_000;

  /** How often it reads again what has been written, at the most, and how many rows are few. */
  private static final int MOST_CATCH_UPS = 8;

  private static final int FEW_ROWS = 100;

  /** How long an owner may take to answer that this server follows it. */
  private static final long MOST_ANSWERING_MS = 2_000;

  private final Member member;
  private final Contest contest;
  private final Leaving leaving;
  private final PostgresStorage.Settings settings;
  private final RuleSet.Profile profile;
  private final @Nullable WarmUp warmUp;
  private final AtomicReference<@Nullable Ahead> ahead = new AtomicReference<>();
  private final AtomicBoolean isReading = new AtomicBoolean();

  Follower(
      Member member,
      Contest contest,
      Leaving leaving,
      PostgresStorage.Settings settings,
      RuleSet.Profile profile,
      @Nullable WarmUp warmUp) {
    this.member = member;
    this.contest = contest;
    this.leaving = leaving;
    this.settings = settings;
    this.profile = profile;
    this.warmUp = warmUp;
  }

  /**
   * What has been read ahead of an owner that has ended.
   *
   * @param epoch that owner's
   * @param touched what it has written since this was read
   * @param stages since it was asked to end
   */
  private record Ahead(
      long epoch, PostgresStorage storage, Shard prepared, byte[] touched, Stages stages) {
    void discard() {
      prepared.abandon();
      storage.close();
    }
  }

  /**
   * What the owner that this server follows has left to it.
   *
   * @param stages since that was asked to end
   */
  record Followed(Shard shard, Stages stages) {}

  /** The owner looks for one that follows; told again and again, on an event loop. */
  void ownerLeaves(Owner owner) {
    if (!leaving.isAsked() && isReading.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("successor").start(() -> tryToFollow(owner));
    }
  }

  private void tryToFollow(Owner owner) {
    try {
      if (!follow(owner)) {
        LOG.info("This server leaves, too, and does not follow the owner that does");
      }
    } catch (StorageException | ExecutionException | TimeoutException e) {
      LOG.info("This server does not follow the owner that leaves: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      isReading.set(false);
    }
  }

  /** Answers whether the owner has ended for this server; not if this one is leaving itself. */
  private boolean follow(Owner owner)
      throws ExecutionException, TimeoutException, InterruptedException {
    boolean hasEnded = false;
    try {
      await(member.replica().begin(owner), MOST_ANSWERING_MS);
      hasEnded = read(owner, System.nanoTime());
    } finally {
      if (!hasEnded) {
        member.replica().giveBack(owner); // Else the owner would wait for this server in vain.
      }
    }
    return hasEnded;
  }

  private boolean read(Owner owner, long begun)
      throws ExecutionException, TimeoutException, InterruptedException {
    contest.practise();
    PostgresStorage storage = PostgresStorage.ahead(settings, profile);
    Shard prepared = member.prepare(storage);
    AtomicBoolean isDecided = new AtomicBoolean();
    try {
      prepared.startThreads();
      practise(begun);
      catchUp(storage, owner);
      if (!leaving.beginToFollow()) {
        return false;
      }
      Stages stages = new Stages();
      // On the event loop that hears it: this thread might wait for a processor first.
      Future<byte[]> ended =
          member
              .replica()
              .end(owner)
              .onSuccess(touched -> {
                member.view().ended(owner.epoch());
                if (isDecided.compareAndSet(false, true)) {
                  stages.reached("ended");
                  replace(new Ahead(owner.epoch(), storage, prepared, touched, stages));
                  contest.follow(owner.epoch(), storage.writerPid());
                }
              });
      await(ended, MOST_READING_MS);
      return true;
    } finally {
      if (isDecided.compareAndSet(false, true)) { // Nothing comes of it.
        leaving.hasFollowed();
        prepared.abandon();
        storage.close();
      }
    }
  }

  /** The owner does not wait for ever. */
  private void practise(long begun) throws InterruptedException {
    long readingMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    long leftMs =
        Math.clamp(MOST_READING_MS - LEFT_TO_CATCH_UP_MS - readingMs, 0, MOST_PRACTISING_MS);
    if (warmUp != null && !warmUp.awaitEnough(leftMs)) {
      LOG.debug("This server follows before it has practised enough");
    }
  }

  /** Reads again what the owner has written, which serves on, until that is little. */
  private void catchUp(PostgresStorage storage, Owner owner)
      throws ExecutionException, TimeoutException, InterruptedException {
    for (int i = 0; i < MOST_CATCH_UPS; i++) {
      byte[] noted;
      try {
        noted = await(member.replica().noted(owner), MOST_ANSWERING_MS);
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

  private void replace(@Nullable Ahead next) {
    Ahead before = ahead.getAndSet(next);
    if (before != null) {
      before.discard();
    }
  }

  /** This server owns the store. */
  void claimed() {
    Ahead read = ahead.get();
    if (read != null) {
      read.stages().reached("claimed");
    }
  }

  /**
   * What has been read ahead of that claim, and is now all that is stored; null if nothing has, or
   * it is of no use. What has been read ahead of another claim is forgotten.
   */
  @Nullable Followed take(Claim claim) {
    Ahead read = ahead.getAndSet(null);
    if (read == null) {
      return null;
    }
    try {
      if (read.epoch() + 1 == claim.epoch()) {
        read.storage().follow(claim, read.touched());
        read.stages().reached("read again");
        return new Followed(read.prepared(), read.stages());
      }
    } catch (StorageException e) {
      LOG.warn("What was read ahead is of no use: {}", e.getMessage());
    }
    read.discard();
    return null;
  }

  @Override
  public void close() {
    replace(null);
  }
}
