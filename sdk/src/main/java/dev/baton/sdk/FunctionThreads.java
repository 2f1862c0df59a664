package dev.baton.sdk;

/** On which threads functions run; heartbeats and messages have threads of their own either way. */
public enum FunctionThreads {

  /**
   * Virtual threads, for functions that mostly wait. One that computes for long keeps a processor
   * from the others of its process until it waits or ends.
   */
  VIRTUAL,

  /** Platform threads, for functions that mostly compute: they share the processors fairly. */
  PLATFORM
}
