package dev.baton.server.process;

/** What waits for the engine. */
sealed interface Work permits Ask, Play, Work.Wake {

  /** Something has been put beside the queue: look at it. */
  record Wake() implements Work {
    static final Wake INSTANCE = new Wake();
  }
}
