package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.plan.Plan;
import dev.baton.operator.pods.PodWatch;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.GroupsApi;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sets the slots of groups at their servers, and takes them back: nobody shall inherit them. */
final class GroupSlots {

  private final GroupsApi api;
  private final GroupCalls calls;
  private final FiguresEventSource figures;
  private final PodWatch pods;
  private final BiFunction<String, String, @Nullable WorkerGroup> find;
  private final Function<GroupAddress, List<WorkerGroup>> servers;

  /**
   * With whom it speaks to.
   *
   * @param find by namespace and name; null where there is none any more
   * @param servers the WorkerGroups that serve a group
   */
  GroupSlots(
      GroupsApi api,
      GroupCalls calls,
      FiguresEventSource figures,
      PodWatch pods,
      BiFunction<String, String, @Nullable WorkerGroup> find,
      Function<GroupAddress, List<WorkerGroup>> servers) {
    this.api = api;
    this.calls = calls;
    this.figures = figures;
    this.pods = pods;
    this.find = find;
    this.servers = servers;
  }

  /** Sets what a plan says. */
  void set(WorkerGroup group, Plan.Slots slots) {
    calls.beginChange(
        ResourceID.fromResource(group),
        "slots " + slots.perWorker(),
        () -> {
          GroupFigures seen = figures.seen(group);
          if (seen != null && Objects.equals(seen.slotsPerWorker(), slots.perWorker())) {
            return; // done since the plan was made
          }
          var _ = api.setSlots(Wiring.addressOf(group), slots.perWorker());
          figures.noteSlots(group, slots.perWorker());
          if (find.apply(group.getMetadata().getNamespace(), group.getMetadata().getName())
              == null) {
            takeBack(group, null); // deleted meanwhile
          }
        });
  }

  /** Of one that is deleted. */
  void takeBack(WorkerGroup deleted, @Nullable Memory memory) {
    if (deleted.getSpec() == null) {
      return;
    }
    Integer told = deleted.getStatus() == null ? null : deleted.getStatus().slotsPerWorker();
    Integer set = told != null ? told : deleted.getSpec().slots(); // perhaps set, and not told yet
    if (set != null) {
      takeBack(deleted, Wiring.addressOf(deleted), set);
    }
    if (memory != null) {
      takeBackLeft(deleted, memory, List.of());
    }
  }

  /** At servers that it has left, when no pod of it serves there any more. */
  void takeBackLeft(WorkerGroup group, Memory memory) {
    if (pods.hasListed()) {
      takeBackLeft(group, memory, pods.of(group));
    }
  }

  private void takeBackLeft(WorkerGroup group, Memory memory, List<Pod> of) {
    memory.takeLeftSlots(of).forEach((at, set) -> takeBack(group, at, set));
  }

  private void takeBack(WorkerGroup of, GroupAddress at, Integer set) {
    boolean isServedOn =
        servers.apply(at).stream()
            .anyMatch(it ->
                it.getSpec().slots() != null
                    && !it.getMetadata().getUid().equals(of.getMetadata().getUid()));
    if (!isServedOn && pods.allowedServers().allow(of.getMetadata().getNamespace(), at.server())) {
      calls.beginUntilDone(
          ResourceID.fromResource(of),
          "take slots back at " + at.server(),
          () -> {
            if (set.equals(api.figures(at).slotsPerWorker())) {
              var _ = api.setSlots(at, null);
            }
          });
    }
  }
}
