package dev.baton.protocol;

/** What the server sends on its own account (protocol section 12). */
public sealed interface Message {

  /**
   * Offers a task to a worker.
   *
   * @param serverUrl where the worker is to acquire it
   * @param version the one to acquire with
   */
  record Execute(String serverUrl, String taskId, long version) implements Message {}

  /** Tells a listener that a promise is settled. */
  record Unblock(PromiseRecord promise) implements Message {}

  /**
   * Tells the holder of a task that somebody else has settled its promise, so that what it does is
   * in vain. An extension: only a stream that asks for it ({@code ?hears=settled}) is sent these.
   *
   * @param version the one that the holder has
   */
  record Settled(String taskId, long version) implements Message {}
}
