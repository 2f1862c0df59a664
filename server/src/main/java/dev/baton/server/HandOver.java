package dev.baton.server;

import dev.baton.server.cluster.Succession;
import dev.baton.server.storage.postgres.Contest;
import dev.baton.server.storage.postgres.PostgresStorage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How an owner that is asked to end lets another read the store before it does. */
final class HandOver {

  /** How long the others may take to hear that this server leaves. */
  private static final long MOST_OFFERED_MS = 1_500;

  /** How long it may take to claim what has been handed over. */
  private static final long MOST_CLAIMING_MS = 1_000;

  private final Member member;
  private final Contest contest;

  HandOver(Member member, Contest contest) {
    this.member = member;
    this.contest = contest;
  }

  /**
   * Finds one that follows, and ends for it.
   *
   * @param ending called before what this server owns ends
   * @return whether another owns the store; if not, nothing has happened, or what was here has only
   *     been finished
   */
  boolean toSuccessor(Runnable ending) {
    Shard own = member.shard();
    if (own == null
        || !(own.storage() instanceof PostgresStorage storage)
        || !member.replica().hasReplicasBut(Set.of())) {
      return false;
    }
    Succession succession = member.succession();
    succession.offer(new NotesOf(own, storage));
    boolean isReady =
        succession.awaitSuccessor(
            MOST_OFFERED_MS, Follower.MOST_READING_MS, member.replica()::hasReplicasBut);
    if (!isReady || member.shard() != own) {
      succession.handOver(null);
      return false;
    }
    ending.run();
    boolean[] isTold = new boolean[1];
    boolean isFinished =
        member.finish(
            own,
            () -> {
              contest.followedByAnother();
              isTold[0] = succession.handOver(storage.noted());
            });
    if (!isFinished) {
      succession.handOver(null);
      return false;
    }
    return isTold[0] && isFollowed(own);
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
  private static boolean isFollowed(Shard own) {
    try {
      return own.awaitAbandoned(MOST_CLAIMING_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
