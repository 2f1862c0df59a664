package dev.baton.protocol;

/** The requests of protocol section 11; refused unless debugging is on. */
public sealed interface DebugRequest extends Request {

  /** Stops delivery and the clock-driven timers. */
  record Start() implements DebugRequest {
    @Override
    public String kind() {
      return "debug.start";
    }
  }

  /** Lets them run again. */
  record Stop() implements DebugRequest {
    @Override
    public String kind() {
      return "debug.stop";
    }
  }

  /** Empties the store. */
  record Reset() implements DebugRequest {
    @Override
    public String kind() {
      return "debug.reset";
    }
  }

  /**
   * Runs the timers.
   *
   * @param time virtual now, epoch milliseconds
   */
  record Tick(long time) implements DebugRequest {
    @Override
    public String kind() {
      return "debug.tick";
    }
  }

  /** Shows the whole state. */
  record Snap() implements DebugRequest, BulkRead {
    @Override
    public String kind() {
      return "debug.snap";
    }
  }
}
