package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class HandshakesTest {

  private final Handshakes handshakes = new Handshakes(1);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  @AfterEach
  void close() {
    handshakes.close();
  }

  /** Lets all else wait until {@link #goOn}. */
  private void occupy() throws InterruptedException {
    handshakes
        .of("first")
        .execute(() -> {
          begun.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void addressesTakeTurns() throws InterruptedException {
    occupy();
    List<String> done = new CopyOnWriteArrayList<>();
    CountDownLatch all = new CountDownLatch(6);
    for (String each : List.of("a1", "a2", "a3", "b1", "b2", "c1")) {
      handshakes
          .of(each.substring(0, 1))
          .execute(() -> {
            done.add(each);
            all.countDown();
          });
    }
    goOn.countDown();
    assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(done).containsExactly("a1", "b1", "c1", "a2", "b2", "a3");
  }

  @Test
  void oneThatFailsLeavesTheOthers() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    handshakes
        .of("first")
        .execute(() -> {
          throw new IllegalStateException("in vain");
        });
    handshakes.of("first").execute(done::countDown);
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void addressesOfOneNetworkHaveOneTurn() throws InterruptedException {
    occupy();
    List<String> done = new CopyOnWriteArrayList<>();
    CountDownLatch all = new CountDownLatch(4);
    for (String each : List.of("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1")) {
      handshakes
          .of(each)
          .execute(() -> {
            done.add(each);
            all.countDown();
          });
    }
    goOn.countDown();
    assertThat(all.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(done)
        .containsExactly("2001:db8::1", "2001:db8:0:1::1", "2001:db8::2", "2001:db8::3");
  }

  @Test
  void whatWouldWaitForTooLongIsRejectedAndOthersAreNot() throws InterruptedException {
    occupy();
    Executor ofMany = handshakes.of("many");
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                ofMany.execute(() -> {});
              }
            })
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("many");
    CountDownLatch done = new CountDownLatch(1);
    handshakes.of("other").execute(done::countDown);
    goOn.countDown();
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
  }
}
