package dev.baton.server.simulation;

import dev.baton.server.record.Event;
import dev.baton.server.record.Recorder;
import org.jspecify.annotations.Nullable;

/** A recorder of which a mutant changes something. */
class WrongRecorder implements Recorder {

  private final Recorder real;

  WrongRecorder(Recorder real) {
    this.real = real;
  }

  boolean isTold(Event.Kind kind) {
    return true;
  }

  Event.Cause told(Event.Cause cause) {
    return cause;
  }

  @Override
  public void record(
      long at,
      Event.Kind kind,
      @Nullable String id,
      @Nullable String group,
      @Nullable String pid,
      long version,
      Event.@Nullable Cause cause,
      Event.@Nullable State state) {
    if (isTold(kind)) {
      real.record(at, kind, id, group, pid, version, cause == null ? null : told(cause), state);
    }
  }

  @Override
  public void cleared() {
    real.cleared();
  }
}
