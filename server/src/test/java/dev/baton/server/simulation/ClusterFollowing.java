package dev.baton.server.simulation;

import dev.baton.server.cluster.Succession;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.postgres.PostgresStorage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a server that leaves as the owner finds one that follows it, by the real {@link Succession}.
 * In some histories those that are about to follow fail, die or stand still just then.
 */
final class ClusterFollowing {

  /** How soon a server hears, at the latest, that it may follow another time. */
  private static final int LOOK_MS = 500;

  /** How long who is known to be gone may be waited for. */
  private static final int NOTICED_MS = 1_000;

  private final ClusterNode owner;
  private final ClusterNode.Owned at;
  private final ClusterWorld world;
  private final int incarnation;
  private final Succession succession = new Succession();
  private final List<Follower> asked = new ArrayList<>();
  private boolean isLooking;

  ClusterFollowing(ClusterNode owner, ClusterNode.Owned at) {
    this.owner = owner;
    this.at = at;
    this.world = owner.world;
    this.incarnation = owner.incarnation;
  }

  private static String nameOf(ClusterNode node) {
    return node + "/" + node.incarnation;
  }

  /** One that has begun to follow. */
  private final class Follower {
    final ClusterNode node;
    final int life;
    final String name;
    @Nullable PostgresStorage storage;
    private int readings;
    private boolean isBefallen;

    /** When its connection had ended; negative as long as it has not. */
    private long goneAt = -1;

    Follower(ClusterNode node) {
      this.node = node;
      this.life = node.incarnation;
      this.name = nameOf(node);
    }

    void in(long ms, Runnable action) {
      world.timeline.in(ms, () -> node.whenAwake(life, action));
    }

    void begin() {
      asked.add(this);
      succession.begin(name).onSuccess(_ -> in(owner.dice.between(1, 3), this::read));
    }

    private void read() {
      try {
        storage = node.readAhead();
      } catch (StorageException | Crash e) {
        fail();
        return;
      }
      readings = node.dice.between(0, 3);
      goOn();
    }

    /** Reads again what the owner has written meanwhile, some times, and then lets it end. */
    private void goOn() {
      in(
          node.dice.between(1, 30),
          () -> {
            if (!failsNow()) {
              node.whenAwake(life, () -> owner.whenAwake(incarnation, this::ask));
            }
          });
    }

    private void ask() {
      if (owner.owned() != at) {
        return;
      }
      if (readings == 0) {
        end();
        return;
      }
      readings--;
      succession
          .noted(nameSaid())
          .onComplete(told ->
              in(
                  node.dice.between(1, 3),
                  () -> {
                    if (told.succeeded()) {
                      readAgain(told.result());
                    } else { // As if the owner were of a version that tells only once.
                      readings = 0;
                      goOn();
                    }
                  }));
    }

    private String nameSaid() {
      return world.mutant == ClusterMutants.TELLS_WHO_DOES_NOT_FOLLOW_ANY_MORE
          ? asked.getLast().name
          : name;
    }

    private void readAgain(Buffer noted) {
      try {
        Objects.requireNonNull(storage).readAgain(noted.getBytes());
      } catch (StorageException | Crash e) {
        fail();
        return;
      }
      goOn();
    }

    private void end() {
      long epoch = at.storage.epoch();
      succession
          .end(nameSaid())
          .onSuccess(noted ->
              in(
                  owner.dice.between(1, 3),
                  () -> node.claimAfter(epoch, Objects.requireNonNull(storage), noted.getBytes())));
      if (!isOver() && succession.awaitSuccessor(0, 0, _ -> true)) {
        owner.finish(at, true);
      }
    }

    private void fail() {
      world.trace.add(() -> node + " does not follow " + owner);
      world.timeline.in(
          owner.luck.between(1, 3), () -> owner.whenAwake(incarnation, () -> giveBack(this)));
    }

    /** Something may befall it at the worst moment; answers whether it gives up. */
    private boolean failsNow() {
      if (!owner.hasManyHabits || isBefallen || world.isHealed() || !owner.luck.chance(250)) {
        return false;
      }
      isBefallen = true;
      switch (owner.luck.below(4)) {
        case 0 -> {
          fail();
          return true;
        }
        case 1 -> {
          world.hadAnotherMisfortune();
          node.kill();
          world.timeline.in(owner.luck.between(300, 2_500), node::start);
        }
        default -> {
          world.hadAnotherMisfortune();
          node.freeze(ClusterNode.PONG_MS + owner.luck.between(1, 700));
        }
      }
      return false;
    }
  }

  /** Says that it may be followed; the first that hears it is known. */
  void offer(ClusterNode first) {
    succession.offer(new NotesOf());
    new Follower(first).begin();
  }

  private boolean isOver() {
    return owner.incarnation != incarnation || owner.owned() != at || at.isFinishing;
  }

  /** The connection of a server to the owner has ended. */
  void isGone(int server) {
    for (Follower each : List.copyOf(asked)) {
      if (each.node.number == server && each.goneAt < 0) {
        each.goneAt = world.timeline.now();
        if (world.mutant != ClusterMutants.WAITS_FOR_WHO_IS_GONE) {
          giveBack(each);
        }
      }
    }
  }

  private void giveBack(Follower former) {
    succession.giveBack(former.name);
    look();
  }

  /** Another follows, unless there is none. */
  private void look() {
    if (isOver() || isLooking || !succession.isOfferedTo(null)) {
      return;
    }
    List<ClusterNode> others =
        world.nodes.stream()
            .filter(each ->
                each != owner
                    && each.isUp
                    && !each.isLeaving
                    && !world.isCut(owner.number, each.number)
                    && succession.isOfferedTo(nameOf(each)))
            .toList();
    if (others.isEmpty()) {
      owner.finish(at, false);
      return;
    }
    Follower next = new Follower(owner.luck.pick(others));
    isLooking = true;
    world.timeline.in(
        owner.luck.between(1, LOOK_MS),
        () ->
            owner.whenAwake(
                incarnation,
                () -> {
                  isLooking = false;
                  if (isOver()) {
                    return;
                  }
                  if (next.node.isUp && next.node.incarnation == next.life) {
                    next.begin();
                  } else {
                    look();
                  }
                }));
  }

  /** Nobody has come to follow in all that time. */
  void inVain() {
    long goneAt = asked.getLast().goneAt;
    Ledger.check(
        goneAt < 0 || world.timeline.now() - goneAt - owner.stoodStillMs(goneAt) <= NOTICED_MS,
        "nobody waits for a server that is gone",
        "%s has waited for %s",
        owner,
        asked.getLast().node);
    succession.handOver(null);
  }

  /** The owner has ended; answers whether another was told. */
  boolean handOver(byte[] noted) {
    return succession.handOver(noted);
  }

  /** Notes what is written, in steps of the engine. */
  private final class NotesOf implements Succession.Notes {
    @Override
    public Future<Void> begin() {
      return inStep(() -> {
        at.storage.note();
        return null;
      });
    }

    @Override
    public Future<byte[]> take() {
      return inStep(at.storage::takeNotes);
    }

    private <T extends @Nullable Object> Future<T> inStep(Supplier<T> action) {
      Promise<T> done = Promise.promise();
      at.execute(() -> done.complete(action.get()));
      return done.future();
    }
  }
}
