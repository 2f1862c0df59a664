package dev.baton.server.cluster;

import dev.baton.protocol.Envelope;
import dev.baton.protocol.Request;
import dev.baton.server.auth.Access;
import dev.baton.server.http.Exchange;
import io.vertx.core.http.HttpServerRequest;

/** What runs in this process while it owns the store. On event loops; never blocks. */
public interface Here {

  /**
   * Hands over a checked request of a client of this process.
   *
   * @return false if nothing is taken any more; then nothing of it happens
   */
  boolean offer(Exchange exchange, Request request, Envelope.Head head, Access access);

  /** Whether it can save what it is asked for. */
  boolean isHealthy();

  /** Handles any request that a replica has passed on. */
  void handle(HttpServerRequest request);
}
