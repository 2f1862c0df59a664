package dev.baton.example.spring;

import dev.baton.sdk.DurableFunctions;

/** The durable functions. */
@DurableFunctions
public interface SignUps {

  /**
   * Who has signed up.
   *
   * @param invitedBy the worker that sent the first mail
   * @param welcomedBy the worker that sent the last, which may be another
   */
  record Member(String address, String invitedBy, String welcomedBy) {}

  /** Writes to the address, waits for its owner, and welcomes them. */
  Member signUp(String address);
}
