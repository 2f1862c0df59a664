package dev.baton.server.storage.postgres;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a server that waits judges what it sees of the shard: when its owner counts as gone. It knows
 * no database and no clock. One thread at a time may use it.
 */
public final class Contender {

  /** How often the owner's connections must be seen to be gone. */
  private static final int GONE = 2;

  /** How long there must be between two such looks: an owner may only be connecting anew. */
  private static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(45);

  /** For how long no beat of the owner may come. */
  public static final long STALE_MS = 1_500;

  /** A server that has just begun to look waits for two beats at least. */
  private static final long MOST_CREDIT_MS = STALE_MS - 800;

  /**
   * What may be seen at a look.
   *
   * @param epoch how often the shard has changed hands
   * @param owner who has it; null if nobody ever had
   * @param isReleased whether its last owner ended in good order
   * @param url where the owner is reached; null if it does not say
   * @param beat what tells the owner's last sign of life from others; null if there never was one
   * @param beatAgeMs how old that is by the database's clock
   * @param isConnectionGone whether none of the owner's connections is left
   */
  public record Look(
      long epoch,
      @Nullable String owner,
      boolean isReleased,
      @Nullable String url,
      @Nullable String beat,
      long beatAgeMs,
      boolean isConnectionGone) {}

  /** What is to be done. */
  public sealed interface Move {

    /** To become the owner, if nobody has since. */
    record Claim() implements Move {}

    /** To wait; that one owns it. */
    record Follow(long epoch, @Nullable String url) implements Move {}

    /** To wait; nobody owns it. */
    record Wait() implements Move {}
  }

  private final Pulse pulse = new Pulse(STALE_MS, MOST_CREDIT_MS);
  private int timesGone;
  private long goneAt;

  /** Nothing is known: the looks were interrupted, or this server was the owner itself. */
  public void forget() {
    pulse.forget();
  }

  /** This server, or the database, stood still for so long; nothing if it is negative. */
  void stoodStill(long nanos) {
    pulse.stoodStill(nanos);
  }

  /**
   * Judges a look.
   *
   * @param mayClaim whether this server may become the owner
   * @param nanos when it was taken, by a clock that only goes on
   */
  public Move judge(Look look, boolean mayClaim, long nanos) {
    if (!look.isConnectionGone()) {
      timesGone = 0;
    } else if (timesGone == 0 || nanos - goneAt >= APART_NANOS) {
      timesGone++;
      goneAt = nanos;
    }
    boolean isStale = pulse.isStale(look.beat(), look.beatAgeMs(), nanos);
    boolean isFree = look.owner() == null || look.isReleased() || timesGone >= GONE || isStale;
    if (isFree && mayClaim) {
      timesGone = 0;
      return new Move.Claim();
    }
    return look.owner() == null || look.isReleased()
        ? new Move.Wait()
        : new Move.Follow(look.epoch(), look.url());
  }
}
