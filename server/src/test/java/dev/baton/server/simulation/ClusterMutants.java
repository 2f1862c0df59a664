package dev.baton.server.simulation;

/** Servers over one database that are wrong in one way each. */
enum ClusterMutants {
  /** A batch is written whatever the epoch is. */
  NO_FENCE,

  /** The epoch is compared, but who claims does not wait for batches that are under way. */
  FENCE_WITHOUT_ROW_LOCK,

  /** What only reads is answered from memory without a look at the epoch. */
  UNFENCED_READS,

  /** A batch whose outcome is not known is taken for one that failed, and decided again. */
  TAKES_UNKNOWN_FOR_FAILED,

  /** The beat of an owner that stands still is not looked at. */
  NEVER_LOOKS_AT_THE_BEAT,

  /** The store is claimed while its owner is well. */
  CLAIMS_FROM_THE_LIVING,

  /** What was sent and not answered is sent again, whatever it is. */
  REPEATS_WHAT_IS_NOT_SAFE,

  /** What was sent twice is refused if the second owner refuses it for what the first has done. */
  BELIEVES_A_SECOND_REFUSAL,

  /** A repeated acquire is answered as done whoever holds the task. */
  GRANTS_AGAIN_WHAT_OTHERS_HOLD,

  /** The same if the process holds it by another request, which this owner has granted. */
  GRANTS_AGAIN_WHAT_IT_HAS_GRANTED,

  /**
   * A lease that is ended because its holder may not know of it ends also if it was granted again.
   */
  ENDS_WHAT_IT_HAS_GRANTED_AGAIN,

  /** A repeated fulfilment is answered as done if its promise is settled, whatever the outcome. */
  TAKES_ANY_OUTCOME_FOR_ITS_OWN,

  /** A repeated suspend is answered as done if its task is not held any more. */
  TAKES_ANY_REFUSAL_FOR_A_SUSPENSION,

  /** What waits for an owner is forgotten. */
  FORGETS_WHAT_WAITS,

  /** What an owner had that was lost is refused as if nothing of it had happened. */
  REFUSES_WHAT_MAY_HAVE_HAPPENED,

  /** A stream whose owner was lost is not opened anew. */
  FORGETS_STREAMS,

  /** Workers whose server was lost get no longer than those whose connection broke. */
  SHORT_GRACE_FOR_LOST_SERVERS,

  /** An owner goes by the clock of its machine. */
  LOCAL_CLOCK,

  /** Who follows an owner that leaves is not told what has been written meanwhile. */
  FOLLOWS_WITHOUT_NOTES,

  /** What an owner that leaves has written is told, and it ends, for who has lost its place. */
  TELLS_WHO_DOES_NOT_FOLLOW_ANY_MORE,

  /** An owner that leaves does not notice that who was about to follow it is gone. */
  WAITS_FOR_WHO_IS_GONE,

  /** An owner that leaves works on after it has told what it wrote. */
  LEAVES_WITHOUT_ENDING
}
