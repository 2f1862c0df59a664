package dev.baton.sdk.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.baton.sdk.Context;
import dev.baton.sdk.Resonate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** JUnit gives each test a kit of its own. */
@ExtendWith(BatonExtension.class)
final class BatonExtensionTest {

  private @Nullable BatonKit kitOfBefore;

  @BeforeEach
  void start(BatonKit kit) {
    kitOfBefore = kit;
    kit.startWorker(it -> it.register("echo", (Context context, String text) -> text));
  }

  @RepeatedTest(20)
  void eachTestHasAServerOfItsOwn(BatonKit kit, Resonate resonate, WorkerBuilder builder) {
    assertThat(kit).isSameAs(kitOfBefore);
    assertThat(kit.whatWaits()).isEmpty();
    builder.of("others").start(it -> it.register("other", () -> 1));

    // The id is that of the tests before, and their result is not there.
    assertThat(resonate.beginRpc("the-same-id", "echo", String.class, "" + kit.hashCode()).result())
        .isEqualTo("" + kit.hashCode());
  }

  /** Run by the test below. */
  static final class Later {
    @RegisterExtension
    final BatonExtension later = new BatonExtension(Instant.parse("2031-05-06T07:08:09.123456Z"));

    @BatonTest
    void timeBeginsThen(BatonKit kit) {
      assertThat(kit.now()).isEqualTo(Instant.parse("2031-05-06T07:08:09.123Z"));
      kit.pass(Duration.ofSeconds(1));
      throw new IllegalStateException("it is " + kit.clock().instant());
    }
  }

  @Test
  void timeBeginsWhenTheExtensionSays() {
    assertThat(failures(Later.class))
        .extracting(Throwable::getMessage)
        .containsExactly("it is 2031-05-06T07:08:10.123Z");
  }

  /** Run by the test below. */
  static final class Failing {
    @BatonTest
    void fails(BatonKit kit, Resonate resonate) {
      resonate.beginRpc("order-7", "buy", String.class);
      throw new IllegalStateException("the test's own failure");
    }
  }

  @Test
  void aTestThatFailsTellsWhatWaited() {
    var failures = failures(Failing.class);

    assertThat(failures).hasSize(1);
    assertThat(failures.getFirst()).hasMessage("the test's own failure");
    assertThat(failures.getFirst().getSuppressed()).hasSize(1);
    assertThat(failures.getFirst().getSuppressed()[0])
        .hasMessage(
            "when the test failed, this waited:\n"
                + "  buy: order-7 waits: no worker of group default is connected.");
  }

  private static List<Throwable> failures(Class<?> tests) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build();
    var failures = new CopyOnWriteArrayList<Throwable>();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                result.getThrowable().ifPresent(failures::add);
              }
            });
    return failures;
  }
}
