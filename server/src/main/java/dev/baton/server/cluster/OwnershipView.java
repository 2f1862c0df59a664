package dev.baton.server.cluster;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Who owns the store, as somebody has said. Thread-safe. */
public final class OwnershipView implements Ownership {

  private final List<Runnable> followers = new CopyOnWriteArrayList<>();
  private volatile @Nullable Owner owner;

  @Override
  public @Nullable Owner owner() {
    return owner;
  }

  @Override
  public void follow(Runnable onChange) {
    followers.add(onChange);
  }

  /** Says who it is now; null: nobody. What is no news is not passed on. */
  public synchronized void set(@Nullable Owner now) {
    if (now == null ? owner != null : !now.equals(owner)) {
      owner = now;
      followers.forEach(Runnable::run);
    }
  }
}
