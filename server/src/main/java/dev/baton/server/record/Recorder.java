package dev.baton.server.record;

import dev.baton.server.record.Event.Cause;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Event.State;
import org.jspecify.annotations.Nullable;

/** Is told what happens, in steps of the engine. It must not hold them up. */
public interface Recorder {

  /** Forgets everything at once. */
  Recorder NONE =
      new Recorder() {
        @Override
        public void record(
            long at,
            Kind kind,
            @Nullable String id,
            @Nullable String group,
            @Nullable String pid,
            long version,
            @Nullable Cause cause,
            @Nullable State state) {}

        @Override
        public void cleared() {}
      };

  /** Something has happened; the parameters are those of an {@link Event}. */
  void record(
      long at,
      Kind kind,
      @Nullable String id,
      @Nullable String group,
      @Nullable String pid,
      long version,
      @Nullable Cause cause,
      @Nullable State state);

  /** The store has been emptied: what has happened before means nothing any more. */
  void cleared();
}
