package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DraftTest {

  private final MemoryState state = new MemoryState(Profile.RELEASE);

  @Test
  void aCallbackIsWaitingOrFiredOrNeitherAsLastSaid() {
    save(pending("a", Map.of()), pending("w", Map.of()));
    var draft = new Draft(state);
    assertCallback(draft, false, false);
    draft.await("a", "w");
    assertCallback(draft, true, false);
    draft.fire("a", "w");
    assertCallback(draft, false, true);
    draft.forgetFired("w");
    assertCallback(draft, false, false);
    draft.await("a", "w");
    draft.forgetCallbacksOf("w");
    assertCallback(draft, false, false);
    assertThat(draft.outcome(Response.ok()).changes())
        .containsExactly(new Change.DeleteCallback("a", "w"));
  }

  @Test
  void whatIsStoredAlreadyIsNoChange() {
    save(pending("a", Map.of()), pending("b", Map.of()), pending("w", Map.of()));
    state.apply(new Change.PutCallback("a", "w", false));
    state.apply(new Change.PutCallback("b", "w", true));
    state.apply(new Change.PutListener("a", "address"));
    var draft = new Draft(state);
    draft.await("a", "w");
    draft.fire("b", "w");
    draft.listen("a", "address");
    draft.forgetListener("b", "address");
    assertThat(draft.outcome(Response.ok()).changes()).isEmpty();
  }

  @Test
  void manyChangesOfOneThingAreOneFromWhatItWas() {
    var before = pending("a", Map.of());
    save(before);
    var draft = new Draft(state);
    var task = new Task("a", World.TARGET, 0, new TaskState.Halted());
    draft.put(task);
    draft.put(task.with(new TaskState.Suspended()));
    var settled =
        before.settled(new PromiseState.Settled(PromiseRecord.State.RESOLVED, Value.EMPTY, 5));
    draft.put(settled);
    assertThat(draft.promise("a")).isEqualTo(settled);
    assertThat(draft.outcome(Response.ok()).changes())
        .containsExactly(
            new Change.PutPromise(before, settled),
            new Change.PutTask(null, task.with(new TaskState.Suspended())));
  }

  @Test
  void aBranchShowsWhatIsNewAndWhatHasChangedInOrder() {
    var tags = Map.of(Tags.BRANCH, "x");
    save(pending("x.1", tags), pending("x.3", tags), pending("other", Map.of()));
    var draft = new Draft(state);
    assertThat(ids(draft.branch("x", "", Long.MAX_VALUE))).containsExactly("x.1", "x.3");
    draft.put(pending("x.2", tags));
    draft.put(pending("y", Map.of(Tags.BRANCH, "y")));
    draft.put(
        pending("x.3", tags)
            .settled(new PromiseState.Settled(PromiseRecord.State.RESOLVED, Value.EMPTY, 5)));
    assertThat(ids(draft.branch("x", "", Long.MAX_VALUE))).containsExactly("x.1", "x.2", "x.3");
    assertThat(draft.branch("x", "", Long.MAX_VALUE).getLast().isPending()).isFalse();
  }

  @Test
  void aScheduleThatIsDeletedIsGone() {
    var schedule = new Schedule("s", "* * * * *", "p", 5, Value.EMPTY, Map.of(), 0, 60_000, null);
    state.apply(new Change.PutSchedule(schedule));
    var draft = new Draft(state);
    assertThat(draft.schedule("s")).isEqualTo(schedule);
    draft.deleteSchedule("s");
    assertThat(draft.schedule("s")).isNull();
    assertThat(draft.outcome(Response.ok()).changes())
        .containsExactly(new Change.DeleteSchedule("s"));
  }

  private static void assertCallback(Draft draft, boolean isWaiting, boolean isFired) {
    assertThat(draft.awaitersOf("a").contains("w")).isEqualTo(isWaiting);
    assertThat(draft.firedFor("w").contains("a")).isEqualTo(isFired);
  }

  private void save(Promise... promises) {
    for (var promise : promises) {
      state.apply(new Change.PutPromise(null, promise));
    }
  }

  private static Promise pending(String id, Map<String, String> tags) {
    return new Promise(id, Value.EMPTY, tags, 100, 0, PromiseState.Pending.INSTANCE);
  }

  private static List<String> ids(List<Promise> promises) {
    return promises.stream().map(Promise::id).toList();
  }
}
