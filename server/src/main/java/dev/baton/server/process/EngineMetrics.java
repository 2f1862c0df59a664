package dev.baton.server.process;

/** What the engine reports about its work. */
public interface EngineMetrics {

  /** Reports nothing. */
  EngineMetrics NONE =
      new EngineMetrics() {
        @Override
        public void batch(int size, long nanos) {}

        @Override
        public void schedulePromises(int count) {}

        @Override
        public void removed(int count) {}
      };

  /** A batch has been decided and made durable. */
  void batch(int size, long nanos);

  /** Schedules have created promises. */
  void schedulePromises(int count);

  /** Promises that were settled long ago have been removed. */
  void removed(int count);
}
