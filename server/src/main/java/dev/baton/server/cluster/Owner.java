package dev.baton.server.cluster;

import org.jspecify.annotations.Nullable;

/**
 * The server that owns the store, as far as this one knows.
 *
 * @param epoch how often the store has changed hands; two owners never have the same
 * @param url where its wire listens; empty if it has none
 * @param here what runs in this process, if it is this one
 */
public record Owner(long epoch, String url, @Nullable Here here) {

  /** Whether it is this process. */
  public boolean isHere() {
    return here != null;
  }
}
