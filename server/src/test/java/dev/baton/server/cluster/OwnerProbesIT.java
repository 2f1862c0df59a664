package dev.baton.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an owner elsewhere says to who asks it for a sign of life. */
@Timeout(60)
class OwnerProbesIT {

  private final Vertx vertx = Vertx.vertx();
  private final FakeOwner owner = new FakeOwner(vertx);
  private final OwnershipView view = new OwnershipView();
  private final OwnerClients clients = new OwnerClients(vertx, new WireHeaders("secret"));

  /** Time alone has nothing tried again. */
  private final OwnerQueue queue = new OwnerQueue(vertx, view, TimeUnit.HOURS.toMillis(1));

  private final OwnerProbes probes = new OwnerProbes(vertx, view, clients, queue);
  private final AtomicInteger tries = new AtomicInteger();

  @AfterEach
  void stop() {
    probes.close();
    vertx.close();
  }

  private void answer(int status) {
    await().until(() -> !owner.asked.isEmpty());
    owner.answer(request -> request.response().setStatusCode(status).end());
  }

  /** It had claimed the store, and refused what came before it had loaded it. */
  @ParameterizedTest
  @ValueSource(ints = {200, 503})
  void whatItRefusedIsSentAgainWhenItSaysThatItOwnsTheStore(int status) {
    view.set(owner.of(1));
    queue.add(owner.of(1), tries::incrementAndGet);
    assertThat(tries).hasValue(0);
    answer(status);
    await().untilAsserted(() -> assertThat(tries).hasValue(1));
    await().until(() -> probes.isReached() == (status == 200));
  }

  @Test
  void whatItRefusedWaitsWhileItSaysThatItDoesNot() {
    view.set(owner.of(1));
    queue.add(owner.of(1), tries::incrementAndGet);
    answer(Wire.NOT_THE_OWNER);
    await().until(() -> !owner.asked.isEmpty()); // So it has been heard.
    assertThat(tries).hasValue(0);
    assertThat(probes.isReached()).isFalse();
  }
}
