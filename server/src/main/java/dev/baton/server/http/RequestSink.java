package dev.baton.server.http;

import dev.baton.protocol.Envelope;
import dev.baton.protocol.Request;
import dev.baton.server.auth.Grant;

/** Where requests of the protocol go once all that can be checked without the store is checked. */
@FunctionalInterface
public interface RequestSink {

  /**
   * Sees to it that the request is answered, now or later. On the request's event loop; never
   * blocks.
   *
   * @param grant what its token opens
   * @param body the whole envelope as it came
   */
  void submit(Exchange exchange, Request request, Envelope.Head head, Grant grant, byte[] body);
}
