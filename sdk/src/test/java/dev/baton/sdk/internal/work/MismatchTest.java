package dev.baton.sdk.internal.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.TaskRecord;
import dev.baton.sdk.Context;
import dev.baton.sdk.internal.Logged;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Functions that were changed while calls of them were under way. */
@Timeout(30)
class MismatchTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final RulesServer server = new RulesServer();
  private final TestWorker old = new TestWorker(server, "old", 1);

  private interface Flow {
    Object run(Context context) throws Exception;
  }

  record Item(String name, @Nullable String colour) {}

  record OldItem(String name) {}

  private static void register(TestWorker worker, Flow flow) {
    worker.knowing("flow", (Context context) -> flow.run(context));
    worker.knowing("name", (Item item) -> item.name());
  }

  /** Runs a call with the old code until it waits. */
  private void begin(Flow flow) {
    register(old, flow);
    old.call("a", "flow");
    awaitSuspension();
    old.cut();
  }

  private void awaitSuspension() {
    await()
        .untilAsserted(
            () -> assertThat(server.task("a").state()).isEqualTo(TaskRecord.State.SUSPENDED));
  }

  /** The new code passes the call on, saying why; the old code ends it. */
  private void assertHeld(Flow changed, String... reason) {
    var worker = new TestWorker(server, "new", 1);
    register(worker, changed);
    try (var logged = new Logged(Execution.class)) {
      server.pass(MINUTE);
      await().until(() -> server.task("a").version() > 4); // It comes back again and again.
      assertThat(logged.warnings())
          .singleElement()
          .asString()
          .startsWith("a is passed on to another worker: its replay does not match: ")
          .contains(reason);
    }
    assertThat(server.promise("a").isSettled()).isFalse();
    worker.cut();
    old.reconnect();
    assertThat(old.<String>result("a", String.class)).isEqualTo("old code");
  }

  private static String sleep(Context context) {
    context.sleep(MINUTE);
    return "old code";
  }

  @Test
  void otherStepIsHeldUntilTheCodeThatMadeItIsThere() {
    begin(context -> {
      context.run("charge", () -> 1);
      return sleep(context);
    });
    assertHeld(
        context -> {
          context.run("refund", () -> 1);
          return sleep(context);
        },
        "step a.1 was run 'charge'",
        "is now run 'refund'");
  }

  @Test
  void otherArgumentsAreNoticed() {
    begin(context -> {
      var step = context.beginRpc("name", String.class, new OldItem("pen"));
      sleep(context);
      step.result();
      return "old code";
    });
    assertHeld(
        context -> {
          context.beginRpc("name", String.class, new OldItem("ink"));
          return sleep(context);
        },
        "step a.1 rpc 'name' was called with [{\"name\":\"pen\"}]",
        "is now called with [{\"name\":\"ink\"}]");
  }

  @Test
  void otherArgumentsOfAFunctionThatRunsHereAreNoticed() {
    begin(context -> {
      context.call("name", String.class, new OldItem("pen"));
      return sleep(context);
    });
    assertHeld(
        context -> {
          context.call("name", String.class, new OldItem("ink"));
          return sleep(context);
        },
        "step a.1 run 'name' was called with",
        "is now called with");
  }

  @Test
  void fewerStepsAreNoticed() {
    begin(context -> {
      context.run("one", () -> 1);
      context.run("two", () -> 2);
      return sleep(context);
    });
    assertHeld(
        context -> {
          context.run("one", () -> 1);
          return "new code";
        },
        "a ends after 1 steps",
        "step a.2, run 'two'");
  }

  @Test
  void missingStepThatNoPreloadShowsIsAskedFor() {
    begin(context -> {
      context.run("one", () -> 1);
      var step = context.beginRpc("name", String.class, new OldItem("pen"));
      sleep(context);
      step.result();
      return "old code";
    });
    assertHeld(
        context -> {
          context.run("one", () -> 1);
          return "new code";
        },
        "a ends after 1 steps",
        "step a.2, rpc 'name'");
  }

  @Test
  void memberThatIsNewAndNullIsNoOtherArgument() {
    begin(context -> {
      context.call("name", String.class, new OldItem("pen"));
      return sleep(context);
    });
    var worker = new TestWorker(server, "new", 1);
    register(
        worker,
        context -> {
          context.call("name", String.class, new Item("pen", null));
          return sleep(context) + " and new";
        });
    server.pass(MINUTE);
    assertThat(worker.<String>result("a", String.class)).isEqualTo("old code and new");
  }
}
