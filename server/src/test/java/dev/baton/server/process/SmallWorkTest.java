package dev.baton.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.RuleSet;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmallWorkTest {

  private static final String TARGET = "poll://any@g";

  private final MemoryState live = new MemoryState(RuleSet.Profile.RELEASE);

  private boolean isSmall(Request request) {
    return SmallWork.is(new CommandCall(new Command.Client(request), null, _ -> {}), live);
  }

  private void put(String id) {
    live.apply(
        new Change.PutPromise(
            null,
            new Promise(
                id,
                Value.EMPTY,
                Map.of(Tags.TARGET, TARGET),
                Long.MAX_VALUE,
                0,
                new PromiseState.Pending())));
  }

  private static PromiseRequest.Create create(String id, String data) {
    return new PromiseRequest.Create(
        id, Long.MAX_VALUE, Value.ofData(data), Map.of(Tags.TARGET, TARGET, Tags.BRANCH, id));
  }

  private static PromiseRequest.Settle settle(String id, String data) {
    return new PromiseRequest.Settle(id, PromiseRecord.State.RESOLVED, Value.ofData(data));
  }

  private static TaskRequest.Heartbeat heartbeat(int tasks) {
    return new TaskRequest.Heartbeat(
        "p", Collections.nCopies(tasks, new TaskRequest.TaskRef("t", 1)));
  }

  @Test
  void whatTouchesOneThingIsSmall() {
    put("p");
    assertThat(isSmall(new PromiseRequest.Get("p"))).isTrue();
    assertThat(isSmall(create("q", "data"))).isTrue();
    assertThat(isSmall(settle("p", "data"))).isTrue();
    assertThat(isSmall(new TaskRequest.Acquire("p", 0, "p", 1))).isTrue();
    assertThat(isSmall(new TaskRequest.Fulfill("p", 1, settle("p", "data")))).isTrue();
    assertThat(isSmall(heartbeat(3))).isTrue();
  }

  @Test
  void largeTextsAreNot() {
    String large = "x".repeat(100_000);
    assertThat(isSmall(create("q", large))).isFalse();
    assertThat(isSmall(settle("q", large))).isFalse();
    assertThat(isSmall(new TaskRequest.Create("p", 1, create("q", large)))).isFalse();
  }

  @Test
  void whatMayAnswerWithABranchIsNot() {
    put("known");
    assertThat(isSmall(new TaskRequest.Acquire("p", 1, "p", 1))).as("worked on before").isFalse();
    assertThat(isSmall(new TaskRequest.Create("p", 1, create("new", "")))).isTrue();
    assertThat(isSmall(new TaskRequest.Create("p", 1, create("known", "")))).isFalse();
    var inOtherBranch =
        new PromiseRequest.Create(
            "n", 9, Value.EMPTY, Map.of(Tags.TARGET, TARGET, Tags.BRANCH, "b"));
    assertThat(isSmall(new TaskRequest.Create("p", 1, inOtherBranch))).isFalse();
    var action = new TaskRequest.FenceAction.Create(create("q", ""));
    assertThat(isSmall(new TaskRequest.Fence("p", 1, action, false))).isTrue();
    assertThat(isSmall(new TaskRequest.Fence("p", 1, action, true))).isFalse();
  }

  @Test
  void whatManyWaitForIsNot() {
    put("p");
    for (int i = 0; i < 10; i++) {
      put("awaiter" + i);
      live.apply(new Change.PutCallback("p", "awaiter" + i, false));
    }
    assertThat(isSmall(settle("p", ""))).isTrue();
    for (int i = 0; i < 10; i++) {
      live.apply(new Change.PutListener("p", "poll://uni@g/" + i));
    }
    assertThat(isSmall(settle("p", ""))).isFalse();
    assertThat(isSmall(new TaskRequest.Fulfill("p", 1, settle("p", "")))).isFalse();
  }

  @Test
  void manyLeasesAreNot() {
    assertThat(isSmall(heartbeat(10_000))).isFalse();
    assertThat(isSmall(heartbeat(0))).as("of nothing").isTrue();
    for (int i = 0; i < 20; i++) {
      put("t" + i);
      live.apply(
          new Change.PutTask(
              null, new Task("t" + i, TARGET, 1, new TaskState.Acquired("p", 1, 9, 1))));
    }
    assertThat(isSmall(heartbeat(0))).isFalse();
  }

  @Test
  void debuggingAndScriptsAreNot() {
    assertThat(isSmall(new DebugRequest.Tick(1))).isFalse();
    assertThat(isSmall(new DebugRequest.Reset())).isFalse();
    assertThat(SmallWork.is(new ScriptCall<>(_ -> "", _ -> {}, () -> {}), live)).isFalse();
    assertThat(SmallWork.is(new CommandCall(new Command.Tick(false), null, _ -> {}), live))
        .isFalse();
  }
}
