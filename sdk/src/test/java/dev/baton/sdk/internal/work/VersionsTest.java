package dev.baton.sdk.internal.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.TaskRecord;
import dev.baton.sdk.Context;
import dev.baton.sdk.Functions;
import dev.baton.sdk.RetryPolicy;
import dev.baton.sdk.internal.Logged;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Code that changes under calls that are under way, at the server's rules. */
@Timeout(30)
class VersionsTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final RulesServer server = new RulesServer();

  private TestWorker worker(String pid, Functions.F1<Context, String> flow) {
    return new TestWorker(server, pid, 1).knowing("flow", (Context context) -> flow.apply(context));
  }

  private TestWorker begun(Functions.F1<Context, String> flow) {
    var worker = worker("old", flow);
    worker.call("a", "flow");
    await().until(() -> server.task("a").state() == TaskRecord.State.SUSPENDED);
    return worker;
  }

  private String goneOn(TestWorker old, Functions.F1<Context, String> flow) {
    old.cut();
    var worker = worker("new", flow);
    server.pass(MINUTE);
    return worker.result("a", String.class);
  }

  private static String withSleep(Context context) {
    context.step("one", () -> 1);
    context.sleep(MINUTE);
    return "old";
  }

  @Test
  void newCallGoesByTheNewestVersionEverAfter() {
    var old =
        begun(context -> {
          int version = context.version("audit", 1, 2);
          context.sleep(MINUTE);
          return "version " + version;
        });
    String said =
        goneOn(
            old,
            context -> {
              int version = context.version("audit", 1, 3);
              context.sleep(MINUTE);
              return "version " + version + " and again " + context.version("audit", 1, 3);
            });
    assertThat(said).isEqualTo("version 2 and again 2");
  }

  @Test
  void callThatWentOnFromHereBeforeTheCodeAskedGoesByTheFirst() {
    var old = begun(VersionsTest::withSleep);
    String said =
        goneOn(
            old,
            context -> {
              context.step("one", () -> 1);
              if (context.version("audit", 1, 2) >= 2) {
                context.step("audit", () -> "audited");
              }
              context.sleep(MINUTE);
              return "new, version " + context.version("audit", 1, 2);
            });
    assertThat(said).isEqualTo("new, version 1");
  }

  @Test
  void callThatHasNotComeSoFarGoesByTheNewest() {
    var old = begun(VersionsTest::withSleep);
    String said =
        goneOn(
            old,
            context -> {
              withSleep(context);
              return context.version("audit", 1, 2) >= 2
                  ? context.step("audit", () -> "audited")
                  : "not audited";
            });
    assertThat(said).isEqualTo("audited");
  }

  @Test
  void callThatGoesByAVersionThatTheCodeHasNotIsHeldForWhoHasIt() {
    var old = begun(VersionsTest::withSleep);
    old.cut();
    var tooNew =
        worker(
            "new",
            context -> {
              context.step("one", () -> 1);
              context.version("audit", 2, 3);
              context.sleep(MINUTE);
              return "new";
            });
    try (var logged = new Logged(Execution.class)) {
      server.pass(MINUTE);
      await().until(() -> !logged.warnings().isEmpty());
      assertThat(logged.warnings().getFirst())
          .contains("a went on with version 1 of change 'audit', and this code has 2 to 3");
    }
    assertThat(server.promise("a").isSettled()).isFalse();
    tooNew.cut();
    old.reconnect();
    assertThat(old.<String>result("a", String.class)).isEqualTo("old");
  }

  @Test
  void retryMakesItsOwnWay() {
    var tries = new AtomicInteger();
    var worker =
        worker(
            "w",
            context -> {
              int version = context.version("audit", 1, tries.incrementAndGet());
              if (tries.get() == 1) {
                throw new IllegalStateException("once more");
              }
              return "version " + version;
            });
    worker.call("a", "flow", RetryPolicy.constant(Duration.ZERO, 1));
    assertThat(worker.<String>result("a", String.class)).isEqualTo("version 2");
  }

  @Test
  void versionsAndNamesAreChecked() {
    var worker = worker("w", context -> "" + context.version("audit", 2, 1));
    worker.call("a", "flow");
    assertThatThrownBy(() -> worker.result("a", String.class))
        .hasMessageContaining("versions 2 to 1 of change 'audit' are none");
    worker.cut();
    var other = worker("v", context -> "" + context.version("a.b", 1, 1));
    other.call("b", "flow");
    assertThatThrownBy(() -> other.result("b", String.class)).hasMessageContaining("'a.b'");
  }
}
