package dev.baton.protocol.json;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that are no answer to the request: not JSON, another request's answer, or a record that
 * breaks the protocol. Whether the request took effect is unknown; it may be sent again.
 */
public final class MalformedResponseException extends RuntimeException {

  /** What is wrong, and why it was noticed, if something threw. */
  public MalformedResponseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
