package dev.baton.sdk;

/**
 * What becomes of a call whose function, run again, asks for other steps than the ones that are
 * stored: another kind or name, other arguments, or fewer of them.
 */
public enum ReplayMismatch {

  /**
   * The task is passed on, to a worker that still has the code which made the steps. Nothing is
   * lost: the call goes on when such code is there, or back.
   */
  HOLD,

  /** The call is rejected for good, with a message that names the step. */
  REJECT
}
