package dev.baton.server.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.Networks;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PlacesTest {

  private static final Networks NONE = Networks.of(List.of("none"));

  private final CountDownLatch answers = new CountDownLatch(1);
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final Places places = new Places(this::lookUp, () -> 0, NONE, NONE);

  /** The name server of one domain is silent until the test lets it answer. */
  private InetAddress[] lookUp(String name) {
    asked.add(name);
    if (name.endsWith(".silent.example")) {
      try {
        answers.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return new InetAddress[] {InetAddress.ofLiteral("192.0.2.1")};
  }

  @AfterEach
  void stop() {
    answers.countDown();
    places.close();
  }

  @Test
  void aSilentNameServerLeavesRoomForOtherDomains() {
    List<Future<List<InetAddress>>> silent = new ArrayList<>();
    for (int i = 0; i < Places.THREADS; i++) {
      silent.add(places.find("n" + i + ".silent.example"));
    }
    await().until(() -> asked.size() == Places.MOST_OF_DOMAIN);
    assertThat(silent.getLast().cause()).hasMessage("too many names are being looked up");
    Future<List<InetAddress>> other = places.find("well.example.org");
    await().until(other::succeeded);
    answers.countDown();
    await().until(silent.getFirst()::succeeded);
    Future<List<InetAddress>> later = places.find("later.silent.example");
    await().until(later::succeeded);
  }

  @Test
  void aNameIsLookedUpOnceAtATime() {
    List<Future<List<InetAddress>>> same = new ArrayList<>();
    for (int i = 0; i < Places.THREADS; i++) {
      same.add(places.find("one.silent.example"));
    }
    answers.countDown();
    await().until(() -> same.stream().allMatch(Future::succeeded));
    assertThat(asked).containsExactly("one.silent.example");
  }
}
