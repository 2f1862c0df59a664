package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.metrics.OperatorMetrics;
import dev.baton.operator.plan.Unserved;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.ServerAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells of groups that nobody serves: an event of the operator's own pod when it begins, again from
 * time to time while it lasts, and a metric. One thread calls it.
 */
final class UnservedGroups {

  /** Events are forgotten after an hour. */
  private static final Duration AGAIN = Duration.ofMinutes(30);

  private final EventRecorder events;
  private final OperatorMetrics metrics;
  private final Clock clock;
  private final Map<Unserved, Instant> told = new HashMap<>();

  UnservedGroups(EventRecorder events, OperatorMetrics metrics, Clock clock) {
    this.events = events;
    this.metrics = metrics;
    this.clock = clock;
  }

  void look(Map<ServerAddress, List<GroupFigures>> all, Stream<WorkerGroup> workerGroups) {
    Set<Unserved> served =
        workerGroups.map(Wiring::addressOf).map(UnservedGroups::key).collect(Collectors.toSet());
    Set<Unserved> unserved = Unserved.among(all, served);
    metrics.unserved(unserved.size());
    told.keySet().retainAll(unserved);
    Instant now = clock.instant();
    for (Unserved group : unserved) {
      Instant last = told.get(group);
      if (last == null || !now.isBefore(last.plus(AGAIN))) {
        told.put(group, now);
        events.recordOwn(group.note());
      }
    }
  }

  private static Unserved key(GroupAddress address) {
    return new Unserved(address.server(), address.group());
  }
}
