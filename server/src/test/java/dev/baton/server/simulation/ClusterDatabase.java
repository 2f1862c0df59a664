package dev.baton.server.simulation;

import dev.baton.protocol.TaskRequest;
import dev.baton.server.storage.postgres.Claim;
import dev.baton.server.storage.postgres.Contender;
import dev.baton.server.storage.postgres.ImaginedDatabase;
import dev.baton.server.storage.postgres.ImaginedSession;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL as the servers reach it: calls travel, batches hold the shard's row until they commit,
 * and who claims waits for them. It may restart, and be slow to commit.
 */
final class ClusterDatabase {

  private static final int TIMEOUT_MS = 1_000;
  private static final int CLAIM_MS = 500;
  private static final int COMMIT_MOST_MS = 3;

  /** A batch that holds the shard's row. */
  private static final class Holder {
    boolean isAborted;
  }

  private final ClusterWorld world;
  private final Dice dice;
  final ImaginedDatabase rows = new ImaginedDatabase();
  private final List<Holder> holders = new ArrayList<>();
  private int life;
  private long downUntil;
  private long slowUntil;
  private int slowMs;
  private long beatAt;
  private int urlOfOwner = -1;
  private int incarnationOfOwner;
  private long seenGoneAt = Long.MIN_VALUE / 2;

  ClusterDatabase(ClusterWorld world, long seed) {
    this.world = world;
    this.dice = new Dice(seed, "database");
  }

  boolean isUp() {
    return world.timeline.now() >= downUntil;
  }

  /** All connections break; what had not committed has not happened. */
  void restart(int ms) {
    world.trace.add(() -> "the database restarts, " + ms + " ms");
    life++;
    downUntil = world.timeline.now() + ms;
    holders.forEach(holder -> holder.isAborted = true);
    holders.clear();
  }

  /** Commits take long for a while. */
  void slow(int ms, int each) {
    slowUntil = world.timeline.now() + ms;
    slowMs = each;
  }

  void heal() {
    downUntil = 0;
    slowUntil = 0;
  }

  /** The server that owns the shard, as the row says; -1 if none does. */
  int owner() {
    return rows.owner() == null || rows.isReleased() ? -1 : urlOfOwner;
  }

  private static final class Call<T> {
    private @Nullable T value;
    private boolean isDone;
    private @Nullable String failure;

    void done(T found) {
      value = found;
      isDone = true;
    }

    void failed(String state) {
      failure = state;
      isDone = true;
    }
  }

  /** How a server reaches it. */
  final class Way implements ImaginedSession.Way {
    private final ClusterNode node;

    Way(ClusterNode node) {
      this.node = node;
    }

    private boolean isCut() {
      return !isUp() || world.timeline.now() < node.cutFromDatabaseUntil;
    }

    @Override
    public <T> T ask(Supplier<T> query) throws SQLException {
      return await(call -> call.done(query.get()));
    }

    @Override
    public long epoch(long own) throws SQLException {
      return world.mutant == ClusterMutants.UNFENCED_READS ? own : ask(rows::epoch);
    }

    @Override
    public boolean write(long epoch, ImaginedDatabase.Writes writes) throws SQLException {
      List<ClusterLedger.Effect> effects = node.takeEffects();
      try {
        return await(call -> begin(epoch, writes, effects, call));
      } catch (SQLException e) {
        if (world.mutant == ClusterMutants.TAKES_UNKNOWN_FOR_FAILED) {
          throw new SQLException("so it seems", "40001", e);
        }
        throw e;
      }
    }

    private void begin(
        long epoch,
        ImaginedDatabase.Writes writes,
        List<ClusterLedger.Effect> effects,
        Call<Boolean> call) {
      if (epoch != rows.epoch() && world.mutant != ClusterMutants.NO_FENCE) {
        call.done(false);
        return;
      }
      if (!rows.accepts(writes)) {
        if (world.mutant == ClusterMutants.NO_FENCE) {
          throw new Violation("who writes knows what is there", "a row that is there is new");
        }
        call.failed("23505");
        return;
      }
      Holder holder = new Holder();
      holders.add(holder);
      int ms =
          world.timeline.now() < slowUntil
              ? dice.between(0, slowMs)
              : dice.between(0, COMMIT_MOST_MS);
      int mine = life;
      world.timeline.in(
          ms,
          () -> {
            holders.remove(holder);
            if (holder.isAborted || life != mine) {
              call.failed("57P01");
              return;
            }
            world.ledger.committing(epoch, rows, writes, node.name());
            rows.apply(writes);
            world.ledger.committed(effects);
            call.done(true);
            if (effects.stream().anyMatch(each -> each.request() instanceof TaskRequest.Acquire)) {
              world.granted(node);
            }
          });
    }

    /** Sends a call and lets the world go on until it is answered. */
    private <T> T await(Consumer<Call<T>> atTheDatabase) throws SQLException {
      Call<T> call = new Call<>();
      Call<T> heard = new Call<>();
      int connection = life;
      long end = world.timeline.now() + TIMEOUT_MS;
      if (!isUp()) {
        throw new SQLException("it does not listen", "08001");
      }
      if (!isCut()) {
        world.timeline.in(
            dice.between(0, 1),
            () -> {
              if (life == connection && isUp()) {
                atTheDatabase.accept(call);
              }
            });
      }
      int incarnation = node.incarnation;
      boolean[] isOnItsWay = new boolean[1];
      world.timeline.at(end, () -> {});
      while (!heard.isDone) {
        if (call.isDone && !isOnItsWay[0]) {
          isOnItsWay[0] = true;
          boolean isLost = isCut();
          world.timeline.in(
              dice.between(0, 1),
              () -> {
                if (!isLost && !isCut()) {
                  heard.isDone = true;
                }
              });
          continue;
        }
        if (node.incarnation != incarnation) {
          throw Crash.INSTANCE;
        }
        if (world.timeline.now() >= end || life != connection || !world.timeline.advance(end)) {
          throw new SQLException("the connection broke", "08006");
        }
      }
      if (node.incarnation != incarnation) {
        throw Crash.INSTANCE;
      }
      if (call.failure != null) {
        throw new SQLException("the database says so", call.failure);
      }
      T value = call.value;
      if (value == null) {
        throw new IllegalStateException("an answer without a value");
      }
      return value;
    }

    /** The same beside the engine: the answer comes later, to who is awake; null if none comes. */
    private <T> void askLater(Supplier<@Nullable T> query, Consumer<@Nullable T> then) {
      int connection = life;
      int incarnation = node.incarnation;
      boolean isLost = isCut();
      world.timeline.in(
          isLost ? TIMEOUT_MS / 2 : dice.between(0, 1),
          () -> {
            T found = isLost || life != connection || !isUp() ? null : query.get();
            boolean isAnswerLost = isCut();
            world.timeline.in(
                isAnswerLost ? TIMEOUT_MS / 2 : dice.between(0, 1),
                () -> node.whenAwake(incarnation, () -> then.accept(isAnswerLost ? null : found)));
          });
    }

    void look(Consumer<Contender.@Nullable Look> then) {
      askLater(
          () -> {
            boolean isSeen = world.mutant != ClusterMutants.NEVER_LOOKS_AT_THE_BEAT;
            seenGoneAt = isOwnerGone() ? world.timeline.now() : seenGoneAt;
            return new Contender.Look(
                rows.epoch(),
                rows.owner(),
                rows.isReleased(),
                Integer.toString(urlOfOwner),
                rows.owner() + "/" + (isSeen ? beatAt : world.timeline.now()),
                isSeen ? world.timeline.now() - beatAt : 0,
                isOwnersConnectionGone());
          },
          then);
    }

    /** Claims, as soon as no batch holds the row; what holds it too long is ended. */
    void claim(long seen, boolean isAfterGoodEnd, Consumer<@Nullable Claim> then) {
      int incarnation = node.incarnation;
      askLater(
          () -> true,
          arrived -> {
            if (arrived == null) {
              then.accept(null);
            } else {
              claimWhenFree(
                  seen,
                  isAfterGoodEnd,
                  CLAIM_MS,
                  claim -> {
                    if (node.incarnation == incarnation) {
                      node.whenAwake(incarnation, () -> then.accept(claim));
                    }
                  });
            }
          });
    }

    private void claimWhenFree(
        long seen, boolean isAfterGoodEnd, int left, Consumer<@Nullable Claim> then) {
      boolean waits = world.mutant != ClusterMutants.FENCE_WITHOUT_ROW_LOCK;
      if (!holders.isEmpty() && waits) {
        if (left <= 0) {
          holders.forEach(holder -> holder.isAborted = true);
          then.accept(null);
        } else {
          world.timeline.in(1, () -> claimWhenFree(seen, isAfterGoodEnd, left - 1, then));
        }
        return;
      }
      if (isCut()) {
        then.accept(null);
        return;
      }
      // Who stood still with a claim under way has not seen that the owner lives again.
      long awakeMs = world.timeline.now() - seenGoneAt - node.stoodStillMs(seenGoneAt);
      boolean mayClaim = isAfterGoodEnd || isOwnerGone() || awakeMs < CLAIM_MS + 100;
      Claim claim = rows.claim(seen, isAfterGoodEnd);
      if (claim != null) {
        Ledger.check(mayClaim, "an owner that shows signs of life stays", "%s claims", node);
        beatAt = world.timeline.now();
        urlOfOwner = node.number;
        incarnationOfOwner = node.incarnation;
        world.trace.add(() -> node + " owns the store, epoch " + claim.epoch());
      }
      then.accept(claim);
    }

    private boolean isOwnerGone() {
      return rows.owner() == null
          || rows.isReleased()
          || isOwnersConnectionGone()
          || world.timeline.now() - beatAt > Contender.STALE_MS - 1_000;
    }

    private boolean isOwnersConnectionGone() {
      if (rows.owner() == null || urlOfOwner < 0) {
        return false;
      }
      ClusterNode of = world.nodes.get(urlOfOwner);
      return of.incarnation != incarnationOfOwner || of.connectedToDatabase != life;
    }

    /** Says that an owner lives; answers false if it is none. */
    void beat(String owner, Consumer<@Nullable Boolean> then) {
      askLater(
          () -> {
            boolean isOwner = owner.equals(rows.owner()) && !rows.isReleased();
            if (isOwner) {
              beatAt = world.timeline.now();
            }
            return isOwner;
          },
          then);
    }

    int life() {
      return life;
    }
  }
}
