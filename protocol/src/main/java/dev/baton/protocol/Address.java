package dev.baton.protocol;

/** Where a message goes (protocol section 13). */
public sealed interface Address {

  /** A connection of the poll channel. */
  sealed interface Poll extends Address {
    /** The group, decoded. */
    String group();
  }

  /**
   * Any connection of the group, preferring one.
   *
   * @param id the preferred connection; empty for none
   */
  record Any(String group, String id) implements Poll {}

  /**
   * One connection of the group and no other.
   *
   * @param id empty: valid, never deliverable
   */
  record Uni(String group, String id) implements Poll {}

  /** An HTTP endpoint that messages are posted to. */
  record Http(String url) implements Address {}

  /** A transport that this server accepts by syntax and does not deliver to. */
  record Undelivered(String url) implements Address {}
}
