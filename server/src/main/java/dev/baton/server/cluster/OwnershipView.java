package dev.baton.server.cluster;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Who owns the store, as somebody has said. Thread-safe. */
public final class OwnershipView implements Ownership {

  private final List<Runnable> followers = new CopyOnWriteArrayList<>();
  private volatile @Nullable Owner owner;
  private volatile long claimed;

  /** The epoch of the last owner that has ended for this server to follow it; 0 if none has. */
  private volatile long ended;

  private volatile Runnable whenUrged = () -> {};

  @Override
  public @Nullable Owner owner() {
    return owner;
  }

  @Override
  public void follow(Runnable onChange) {
    followers.add(onChange);
  }

  @Override
  public void urge() {
    whenUrged.run();
  }

  @Override
  public long claimed() {
    return claimed;
  }

  @Override
  public @Nullable Owner taking() {
    Owner known = owner;
    return known != null && known.epoch() <= ended ? null : known;
  }

  /** The owner of that epoch has ended for this server to follow it: nothing is sent to it. */
  public void ended(long epoch) {
    ended = epoch;
  }

  /** This server will serve in that epoch; 0: in none. */
  public void claimed(long epoch) {
    claimed = epoch;
  }

  /** Calls something, on any thread, when somebody waits; it must not block. */
  public void whenUrged(Runnable look) {
    whenUrged = look;
  }

  /** Says who it is now; null: nobody. What is no news is not passed on. */
  public synchronized void set(@Nullable Owner now) {
    if (now == null ? owner != null : !now.equals(owner)) {
      owner = now;
      followers.forEach(Runnable::run);
    }
  }
}
