package dev.baton.server.storage.postgres;

import dev.baton.core.Footprint;
import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.core.StateMachine;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the rules will look at for some requests and is not in memory, as far as can be told. */
final class Ahead {

  private final MemoryState state;
  private final Fetched fetched;
  private final Set<String> ids = new LinkedHashSet<>();
  private final Set<String> branches = new LinkedHashSet<>();

  Ahead(MemoryState state, Fetched fetched) {
    this.state = state;
    this.fetched = fetched;
  }

  /** Adds what those will look at. */
  void add(Collection<Request> requests) {
    for (Request request : requests) {
      switch (request) {
        case TaskRequest.Heartbeat _ -> {} // Of what its process does not hold nothing is read.
        case TaskRequest.Suspend suspend -> idsOf(suspend);
        default -> idsOf(request);
      }
      branch(request);
    }
  }

  private void idsOf(Request request) {
    Footprint.visit(
        request,
        (thing, _, _, text) -> {
          if (thing == Footprint.Thing.PROMISE) {
            id(text);
          }
          return true;
        });
  }

  /** It may name very many, of which the rules look at a few. */
  private void idsOf(TaskRequest.Suspend suspend) {
    id(suspend.id());
    int looked = 0;
    for (PromiseRequest.RegisterCallback each : suspend.actions()) {
      if (!state.isPending(each.awaited()) && looked++ < StateMachine.SETTLED_PER_SUSPENSION) {
        id(each.awaited());
      }
    }
  }

  /** The ids to look at. */
  List<String> ids() {
    return new ArrayList<>(ids);
  }

  /** The branches of which the settled promises are to be looked at. */
  List<String> branches() {
    return new ArrayList<>(branches);
  }

  /**
   * The id of a promise that is probably new, if one is to be created and nothing else has to be
   * looked at before; null else.
   */
  @Nullable String probablyNew(List<Request> requests) {
    return requests.size() == 1
            && requests.getFirst() instanceof PromiseRequest.Create create
            && ids.size() == 1
            && ids.contains(create.id())
        ? create.id()
        : null;
  }

  boolean isEmpty() {
    return ids.isEmpty() && branches.isEmpty();
  }

  private void id(String id) {
    if (!state.isPending(id) && fetched.known(id) == null && Ids.mayBeThere(id)) {
      ids.add(id);
    }
  }

  /** Whose answer holds the others of a branch. */
  private void branch(Request request) {
    switch (request) {
      case PromiseRequest.Create create -> branchToBe(create);
      case TaskRequest.Create(_, _, PromiseRequest.Create create) -> branchToBe(create);
      case TaskRequest.Acquire acquire -> branchOf(acquire.id());
      case TaskRequest.Fence fence -> {
        if (fence.preload()) {
          branchOf(fence.id());
        }
      }
      case TaskRequest.Suspend suspend -> {
        // Only if something has been settled already it is told the others.
        if (suspend.actions().stream().anyMatch(each -> !state.isPending(each.awaited()))) {
          branchOf(suspend.id());
        }
      }
      default -> {}
    }
  }

  /** With the promise comes what its first worker will ask for. */
  private void branchToBe(PromiseRequest.Create create) {
    if (create.tags().containsKey(Tags.TARGET) && !state.isPending(create.id())) {
      branch(create.tags().get(Tags.BRANCH));
    } else {
      branchOf(create.id());
    }
  }

  private void branchOf(String id) {
    Promise promise = state.isPending(id) ? state.promise(id) : null;
    if (promise != null) {
      branch(promise.branch());
    }
  }

  private void branch(@Nullable String branch) {
    if (branch != null && fetched.branch(branch) == null) {
      branches.add(branch);
    }
    if (branch != null) {
      id(branch);
    }
  }
}
