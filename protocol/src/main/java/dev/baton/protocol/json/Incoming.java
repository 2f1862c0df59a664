package dev.baton.protocol.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.Envelope;
import dev.baton.protocol.Response;

/** What {@link EnvelopeReader} makes of a body. */
public sealed interface Incoming {

  /**
   * An envelope in order; its data has not been looked into yet.
   *
   * @param kind not empty, not necessarily a known one
   * @param data the request's data, for {@link RequestReader} and for authorization
   */
  record Accepted(String kind, Envelope.Head head, ObjectNode data) implements Incoming {}

  /**
   * No envelope, or a broken one.
   *
   * @param kind what the answer echoes: the request's kind, or {@code unknown}
   * @param corrId what the answer echoes: the request's, or {@code 0}
   * @param response the refusal
   */
  record Refused(String kind, String corrId, Response response) implements Incoming {}
}
