package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.operator.server.ServerUnavailableException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GroupCallsTest {

  private static final ResourceID GROUP = new ResourceID("workers", "ns");
  private static final Duration NEVER = Duration.ofDays(1);

  private final Queue<ResourceID> woken = new ConcurrentLinkedQueue<>();
  private final AtomicInteger made = new AtomicInteger();

  @Test
  void whatIsUnderWayIsNotBegunTwice() {
    GroupCalls calls = new GroupCalls(woken::add, NEVER, Duration.ZERO);
    CountDownLatch answer = new CountDownLatch(1);
    calls.begin(GROUP, "ask", () -> count(answer));
    calls.begin(GROUP, "ask", () -> count(answer));
    calls.begin(GROUP, "ask something else", () -> count(answer));
    answer.countDown();
    await().until(() -> woken.size() == 2);
    assertThat(made).hasValue(2);
    calls.begin(GROUP, "ask", made::incrementAndGet);
    await().untilAsserted(() -> assertThat(made).hasValue(3));
  }

  @Test
  void aChangeThatWasJustMadeIsNotMadeAgainByWhoHasNotSeenIt() {
    GroupCalls calls = new GroupCalls(woken::add, NEVER, NEVER);
    calls.beginChange(GROUP, "slots 3", made::incrementAndGet);
    await().until(() -> woken.size() == 1);
    calls.beginChange(GROUP, "slots 3", made::incrementAndGet);
    calls.beginChange(GROUP, "slots null", made::incrementAndGet);
    await().until(() -> woken.size() == 2);
    assertThat(made).as("the other change is another one").hasValue(2);
  }

  @Test
  void whoWantsAChangeAgainIsAskedOnceMoreWhenItCouldHaveBeenSeen() {
    GroupCalls calls = new GroupCalls(woken::add, NEVER, Duration.ofMillis(1));
    calls.beginChange(GROUP, "slots 3", made::incrementAndGet);
    await().until(() -> woken.size() == 2);
    calls.beginChange(GROUP, "slots 3", made::incrementAndGet);
    await().untilAsserted(() -> assertThat(made).hasValue(2));
  }

  @Test
  void whatFailedIsTriedAgainAfterAPause() {
    GroupCalls calls = new GroupCalls(woken::add, Duration.ofMillis(1), NEVER);
    calls.beginChange(
        GROUP,
        "slots 3",
        () -> {
          made.incrementAndGet();
          throw new ServerUnavailableException(
              ServerUnavailableException.Kind.NO_CONNECTION, "away");
        });
    await().until(() -> woken.size() == 1);
    calls.beginChange(GROUP, "slots 3", made::incrementAndGet);
    await().untilAsserted(() -> assertThat(made).hasValue(2));
  }

  private void count(CountDownLatch answer) {
    made.incrementAndGet();
    try {
      answer.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
