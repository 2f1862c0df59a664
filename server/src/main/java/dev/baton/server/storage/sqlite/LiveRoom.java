package dev.baton.server.storage.sqlite;

/**
 * How many bytes of memory there are for what is live.
 *
 * @param most how many it is to take; beyond it the server starts, and takes in nothing new
 * @param bearable with more than that the process would end for want of memory
 */
public record LiveRoom(long most, long bearable) {

  /** As many as there are. */
  public static final LiveRoom UNLIMITED = new LiveRoom(Long.MAX_VALUE, Long.MAX_VALUE);

  private static final int BEARABLE_PERCENT = 70;

  /** With that share of this process's heap. */
  public static LiveRoom of(long most) {
    long heap = Runtime.getRuntime().maxMemory();
    return new LiveRoom(most, Math.max(most, heap / 100 * BEARABLE_PERCENT));
  }
}
