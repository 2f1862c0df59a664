package dev.baton.server.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server leaves, or lets an owner end for it to follow. */
@Timeout(60)
class LeavingTest {

  private static final long LONG_MS = 60_000;

  private final Leaving leaving = new Leaving();

  private Thread leave(long mostMs) {
    Thread thread = Thread.ofVirtual().start(() -> leaving.leave(mostMs));
    await().until(leaving::isAsked);
    return thread;
  }

  @Test
  void whoLeavesFollowsNobody() {
    assertThat(leaving.mayClaim()).isTrue();
    leaving.leave(LONG_MS);
    assertThat(leaving.beginToFollow()).isFalse();
    assertThat(leaving.mayClaim()).isFalse();
  }

  @Test
  void whoFollowsOwnsTheStoreBeforeItLeaves() throws Exception {
    assertThat(leaving.beginToFollow()).isTrue();
    Thread thread = leave(LONG_MS);
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    assertThat(leaving.mayClaim()).isTrue();
    assertThat(leaving.beginToFollow()).as("another one").isFalse();
    assertThat(leaving.mayClaim()).as("the one that it has begun with").isTrue();
    leaving.hasFollowed();
    thread.join();
    assertThat(leaving.mayClaim()).isFalse();
  }

  @Test
  void itDoesNotWaitForEver() throws Exception {
    assertThat(leaving.beginToFollow()).isTrue();
    leave(1).join();
    assertThat(leaving.mayClaim()).isFalse();
  }
}
