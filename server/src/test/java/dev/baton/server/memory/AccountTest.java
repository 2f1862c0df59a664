package dev.baton.server.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class AccountTest {

  @Test
  void whatDoesNotFitIsLeftOutAndCounted() {
    Account account = new Account(10);
    assertThat(account.tryReserve(6)).isTrue();
    assertThat(account.tryReserve(5)).isFalse();
    assertThat(account.tryReserve(4)).isTrue();
    assertThat(account.used()).isEqualTo(10);
    assertThat(account.hasRoomFor(1)).isFalse();
    assertThat(account.refusals()).isEqualTo(1);
    account.release(10);
    assertThat(account.hasRoomFor(10)).isTrue();
  }

  @Test
  void whatIsThereAlreadyCountsBeyondTheLimit() {
    Account account = new Account(10);
    account.reserve(25);
    assertThat(account.used()).isEqualTo(25);
    assertThat(account.tryReserve(1)).isFalse();
    account.release(25);
    assertThat(account.used()).isZero();
  }

  @Test
  void whatIsFarTooLargeTakesNobodysRoomWhileItIsRefused() throws InterruptedException {
    Account account = new Account(100);
    account.reserve(1); // What is alone finds room.
    AtomicBoolean isOver = new AtomicBoolean();
    CountDownLatch isAsking = new CountDownLatch(1);
    Thread greedy =
        Thread.ofPlatform()
            .start(() -> {
              while (!isOver.get()) {
                account.tryReserve(1_000);
                account.tryReserve(1_000, 200);
                isAsking.countDown();
              }
            });
    isAsking.await();
    int refused = 0;
    for (int i = 0; i < 1_000_000; i++) {
      if (account.tryReserve(10)) {
        account.release(10);
      } else {
        refused++;
      }
      if (account.used() > 100) {
        refused++;
      }
    }
    isOver.set(true);
    greedy.join();
    assertThat(refused).isZero();
  }

  @Test
  void manyAtOnceNeverHoldMoreThanTheLimitAndLeaveNothing() throws InterruptedException {
    Account account = new Account(100);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int n = 1; n < 20_000; n++) {
                  if (account.tryReserve(n % 60)) {
                    account.release(n % 60);
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(account.used()).isZero();
  }
}
