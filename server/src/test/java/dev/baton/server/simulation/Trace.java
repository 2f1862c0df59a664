package dev.baton.server.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What happened, in words; kept only when somebody will read it. */
final class Trace {

  private final boolean isOn;
  private final Timeline timeline;
  private final List<String> lines = new ArrayList<>();

  Trace(boolean isOn, Timeline timeline) {
    this.isOn = isOn;
    this.timeline = timeline;
  }

  void add(Supplier<String> line) {
    if (isOn) {
      lines.add("%9d  %s".formatted(timeline.now(), line.get()));
    }
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
