package dev.baton.core;

/** What holds in every state that the rules can reach (protocol sections 5 to 7). */
final class Invariants {

  private Invariants() {}

  static void check(MemoryState state) {
    for (var promise : World.promises(state)) {
      check(state, promise);
    }
    for (var task : World.tasks(state)) {
      check(state, task);
    }
  }

  private static void check(State state, Promise promise) {
    var id = promise.id();
    var task = state.task(id);
    holds((task != null) == (promise.target() != null), id, "has a task exactly with a target");
    if (task != null) {
      holds(task.target().equals(promise.target()), id, "has its promise's target");
      holds(
          promise.isPending() != task.state() instanceof TaskState.Fulfilled,
          id,
          "is settled exactly if its task is fulfilled");
    }
    for (var awaiter : state.awaitersOf(id)) {
      holds(promise.isPending(), id, "is pending if somebody waits for it");
      holds(state.awaitedBy(awaiter).contains(id), id, "is awaited by whoever awaits it");
      holds(!state.firedFor(awaiter).contains(id), id, "has not fired while it is awaited");
    }
  }

  private static void check(State state, Task task) {
    var id = task.id();
    holds(state.promise(id) != null, id, "has a promise");
    for (var awaited : state.awaitedBy(id)) {
      holds(state.awaitersOf(awaited).contains(id), id, "is an awaiter of what it awaits");
    }
    switch (task.state()) {
      case TaskState.Acquired(var pid, _, _, _) -> {
        holds(state.heldBy(pid).contains(id), id, "is held by its holder");
        holds(task.version() > 0, id, "has been taken");
      }
      case TaskState.Fulfilled _ -> {
        holds(state.awaitedBy(id).isEmpty(), id, "waits for nothing once fulfilled");
        holds(state.firedFor(id).isEmpty(), id, "has no resumes once fulfilled");
      }
      case TaskState.Suspended _ ->
          holds(state.firedFor(id).isEmpty(), id, "has no resumes while suspended");
      case TaskState.Pending _, TaskState.Halted _ -> {}
    }
  }

  private static void holds(boolean invariant, String id, String text) {
    if (!invariant) {
      throw new AssertionError(id + " " + text);
    }
  }
}
