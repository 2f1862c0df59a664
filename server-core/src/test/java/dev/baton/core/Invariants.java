package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

/** What holds in every state that the rules can reach (protocol sections 5 to 7). */
final class Invariants {

  private Invariants() {}

  static void check(State state) {
    for (var promise : state.searchPromises(null, Map.of(), null, Integer.MAX_VALUE)) {
      check(state, promise);
    }
    for (var task : state.searchTasks(null, null, Integer.MAX_VALUE)) {
      check(state, task);
    }
  }

  private static void check(State state, Promise promise) {
    var id = promise.id();
    var task = state.task(id);
    assertThat(task != null)
        .as("%s has a task exactly if it has a target", id)
        .isEqualTo(promise.target() != null);
    if (task != null) {
      assertThat(task.target()).isEqualTo(promise.target());
      assertThat(promise.isPending())
          .as("%s is settled exactly if its task is fulfilled", id)
          .isEqualTo(!(task.state() instanceof TaskState.Fulfilled));
    }
    if (!promise.isPending()) {
      assertThat(state.awaitersOf(id)).as("nobody waits for the settled %s", id).isEmpty();
    }
    for (var awaiter : state.awaitersOf(id)) {
      assertThat(state.awaitedBy(awaiter)).contains(id);
      assertThat(state.firedFor(awaiter)).doesNotContain(id);
    }
  }

  private static void check(State state, Task task) {
    var id = task.id();
    assertThat(state.promise(id)).as("a task %s has a promise", id).isNotNull();
    for (var awaited : state.awaitedBy(id)) {
      assertThat(state.awaitersOf(awaited)).contains(id);
    }
    switch (task.state()) {
      case TaskState.Acquired(var pid, _, _) -> {
        assertThat(state.heldBy(pid)).contains(id);
        assertThat(task.version()).as("%s has been taken", id).isPositive();
      }
      case TaskState.Fulfilled _ -> {
        assertThat(state.awaitedBy(id)).as("the fulfilled %s waits for nothing", id).isEmpty();
        assertThat(state.firedFor(id)).as("the fulfilled %s has no resumes", id).isEmpty();
      }
      case TaskState.Suspended _ ->
          assertThat(state.firedFor(id)).as("the suspended %s has no resumes", id).isEmpty();
      case TaskState.Pending _, TaskState.Halted _ -> {}
    }
  }
}
