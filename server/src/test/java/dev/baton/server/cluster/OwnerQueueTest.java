package dev.baton.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What waits for an owner is tried again by what happens, not by the time. */
class OwnerQueueTest {

  private static final Owner ONE = new Owner(1, "http://one", null);
  private static final Owner TWO = new Owner(2, "http://two", null);

  private final Vertx vertx = Vertx.vertx();
  private final OwnershipView view = new OwnershipView();
  private final AtomicInteger tries = new AtomicInteger();
  private final AtomicInteger urged = new AtomicInteger();
  private final OwnerQueue queue = new OwnerQueue(vertx, view, TimeUnit.HOURS.toMillis(1));

  OwnerQueueTest() {
    view.whenUrged(urged::incrementAndGet);
  }

  @AfterEach
  void stop() {
    vertx.close();
  }

  @Test
  void anotherOwnerIsTriedAtOnce() {
    view.set(ONE);
    queue.add(ONE, tries::incrementAndGet);
    assertThat(tries).hasValue(0);
    assertThat(urged).hasValue(1);
    view.set(null);
    assertThat(tries).as("nobody is no owner to be tried").hasValue(0);
    view.set(TWO);
    assertThat(tries).hasValue(1);
    queue.tryAgain();
    assertThat(tries).as("it does not wait any more").hasValue(1);
  }

  /** Its refusal was on its way while the owner changed. */
  @Test
  void anOwnerThatIsKnownAlreadyIsTriedAtOnce() {
    view.set(TWO);
    queue.add(ONE, tries::incrementAndGet);
    assertThat(tries).hasValue(1);
    queue.add(null, tries::incrementAndGet);
    assertThat(tries).hasValue(2);
  }

  /** It would refuse, and until another has claimed the store nobody takes anything. */
  @Test
  void anOwnerThatHasEndedIsNotTried() {
    view.set(ONE);
    view.ended(1);
    assertThat(view.taking()).isNull();
    assertThat(view.owner()).as("it is the owner until another has claimed").isEqualTo(ONE);
    queue.add(null, tries::incrementAndGet);
    assertThat(tries).hasValue(0);
    view.set(TWO);
    assertThat(view.taking()).isEqualTo(TWO);
    assertThat(tries).hasValue(1);
  }

  @Test
  void theSameOwnerIsTriedWhenItServes() {
    view.set(ONE);
    queue.add(new Owner(1, "http://one", null), tries::incrementAndGet);
    assertThat(tries).hasValue(0);
    queue.tryAgain();
    assertThat(tries).hasValue(1);
  }

  /** What waits again while all are tried is not tried twice. */
  @Test
  void whoIsRefusedAgainWaitsAgain() {
    view.set(ONE);
    queue.add(ONE, () -> queue.add(ONE, tries::incrementAndGet));
    queue.tryAgain();
    assertThat(tries).hasValue(0);
    queue.tryAgain();
    assertThat(tries).hasValue(1);
  }

  /** An owner may not have been reached. */
  @Test
  void elseItIsTriedNowAndThen() {
    OwnerQueue soon = new OwnerQueue(vertx, view, 1);
    soon.add(null, tries::incrementAndGet);
    await().untilAsserted(() -> assertThat(tries).hasValue(1));
  }
}
