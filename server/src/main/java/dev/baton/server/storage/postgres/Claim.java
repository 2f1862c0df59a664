package dev.baton.server.storage.postgres;

/** The right to own the shard, won and not yet used. */
public final class Claim {

  private final Shard shard;
  private final boolean isAfterGoodEnd;

  Claim(Shard shard, boolean isAfterGoodEnd) {
    this.shard = shard;
    this.isAfterGoodEnd = isAfterGoodEnd;
  }

  Shard shard() {
    return shard;
  }

  /** Whether the owner before ended in good order, or there was none. */
  boolean isAfterGoodEnd() {
    return isAfterGoodEnd;
  }

  /** The epoch that it begins. */
  public long epoch() {
    return shard.epoch();
  }
}
