package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.plan.Plan;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.rollout.Facts.GateResult;
import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.GroupsApi;
import dev.baton.operator.server.Promised;
import dev.baton.operator.server.ServerUnavailableException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;

/** Makes the calls of rollouts' gates, and asks how they ended, once a second. */
final class GateCalls {

  private static final Duration EVERY = Duration.ofSeconds(1);

  private final GroupsApi api;
  private final GroupCalls calls;
  private final Clock clock;

  GateCalls(GroupsApi api, GroupCalls calls, Clock clock) {
    this.api = api;
    this.calls = calls;
    this.clock = clock;
  }

  /** Makes it, or asks how it ended: which of the two, the server knows by its id. */
  void ask(WorkerGroup group, Plan.Gate gate, RolloutMemory memory) {
    if (!memory.isDue(gate.id(), clock.instant(), EVERY)) {
      return;
    }
    GroupAddress address = Wiring.addressOf(group);
    calls.begin(
        ResourceID.fromResource(group),
        "gate " + gate.id(),
        () -> {
          switch (call(address, gate, memory)) {
            case Promised.Pending _ -> memory.gates.remove(gate.id());
            case Promised.Resolved resolved ->
                memory.gates.put(
                    gate.id(),
                    resolved.value().equals("false")
                        ? new GateResult.Failed(gate.function() + " answered false")
                        : new GateResult.Passed());
            case Promised.Rejected rejected ->
                memory.gates.put(
                    gate.id(), new GateResult.Failed(gate.function() + " " + rejected.how()));
          }
        });
  }

  /** A refusal is kept, for the status to tell; that nobody answers is told by others. */
  private Promised call(GroupAddress address, Plan.Gate gate, RolloutMemory memory) {
    try {
      return api.call(
          address, gate.id(), gate.pid(), gate.function(), gate.args(), gate.timeoutAt());
    } catch (ServerUnavailableException e) {
      if (e.kind() == ServerUnavailableException.Kind.NO_CONNECTION) {
        memory.gates.remove(gate.id());
      } else {
        memory.gates.put(gate.id(), new GateResult.Refused(e.text()));
      }
      throw e;
    }
  }
}
