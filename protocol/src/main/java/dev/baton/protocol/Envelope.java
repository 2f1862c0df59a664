package dev.baton.protocol;

import org.jspecify.annotations.Nullable;

/** The frame around requests and responses (protocol section 4). */
public final class Envelope {

  /** The only protocol version. */
  public static final String VERSION = "2026-04-01";

  /**
   * The head of a request.
   *
   * @param corrId echoed in the answer; not unique
   * @param auth a JWT, or null
   * @param debugTime virtual now of the request, or null
   */
  public record Head(String corrId, @Nullable String auth, @Nullable Long debugTime) {}

  private Envelope() {}
}
