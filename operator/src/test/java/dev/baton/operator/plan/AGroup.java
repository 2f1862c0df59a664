package dev.baton.operator.plan;

import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.GroupFigures.Worker;
import dev.baton.operator.server.Sighting;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Groups as the server shows them, for tests. */
final class AGroup {

  /** No pods, and that is known. */
  static final Workforce NOBODY =
      Workforce.of(List.of(), Map.of(), new Sighting.NotYet(), Instant.EPOCH);

  private AGroup() {}

  static GroupFigures of(List<Worker> workers) {
    return new GroupFigures("g", 1, workers.size(), 0, 0, 0, 0, null, List.of(), workers);
  }
}
