package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.ServerAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A group in which work waits and that nobody serves: no WorkerGroup names it and no worker is
 * connected.
 *
 * @param server its URL
 */
public record Unserved(String server, String group) {

  /** Whoever is about to connect, or about to apply a WorkerGroup, has so long. */
  static final double PATIENCE_SECONDS = 10;

  /** Those among all groups of the servers, given those that WorkerGroups serve. */
  public static Set<Unserved> among(
      Map<ServerAddress, List<GroupFigures>> all, Set<Unserved> served) {
    Set<Unserved> unserved = new LinkedHashSet<>();
    all.forEach((server, groups) -> {
      for (GroupFigures group : groups) {
        Unserved candidate = new Unserved(server.server(), group.group());
        if (group.connectedWorkers() == 0
            && group.ready() > 0
            && group.oldestReadySeconds() >= PATIENCE_SECONDS
            && !served.contains(candidate)) {
          unserved.add(candidate);
        }
      }
    });
    return unserved;
  }

  /** What is to be told; always the same for the same group. */
  public Note note() {
    return Note.warning(
        Reason.GroupUnserved,
        "Work waits in group %s of %s, but no WorkerGroup serves it and no worker is connected"
            .formatted(group, server));
  }
}
