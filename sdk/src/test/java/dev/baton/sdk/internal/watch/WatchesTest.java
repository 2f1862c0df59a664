package dev.baton.sdk.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRequest;
import dev.baton.sdk.JacksonCodec;
import dev.baton.sdk.PromiseCanceledException;
import dev.baton.sdk.PromiseTimeoutException;
import dev.baton.sdk.RemoteException;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.Settings;
import dev.baton.sdk.StillPendingException;
import dev.baton.sdk.internal.PromiseClient;
import dev.baton.sdk.internal.time.Time;
import dev.baton.sdk.internal.value.Values;
import dev.baton.sdk.internal.wire.Requests;
import dev.baton.sdk.internal.work.RulesServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WatchesTest {

  private static final Duration AN_HOUR = Duration.ofHours(1);

  private final RulesServer server = new RulesServer();
  private final Requests requests = new Requests(server, Time.system());
  private final Watches watches =
      new Watches(
          requests, () -> "poll://uni@clients/c1", Time.of(server), Thread::startVirtualThread);
  private final Values values = new Values(JacksonCodec.lossless());
  private final PromiseClient promises =
      new PromiseClient(requests, values, Settings.defaults(), server);

  @Test
  void resultIsTheValueOrTheFailureThatThePromiseWasSettledWith() {
    promises.create("a", AN_HOUR);
    promises.resolve("a", 7);
    promises.create("b", AN_HOUR);
    promises.reject("b", new IllegalStateException("boom"));
    promises.create("c", AN_HOUR);
    promises.cancel("c");
    promises.create("d", Duration.ofSeconds(1));
    server.pass(Duration.ofSeconds(1));
    assertThat(this.<Integer>handle("a", Integer.class).result()).isEqualTo(7);
    assertThatThrownBy(() -> handle("b", Integer.class).result())
        .isInstanceOf(RemoteException.class)
        .hasMessage("b failed with java.lang.IllegalStateException: boom");
    assertThatThrownBy(() -> handle("c", Integer.class).result())
        .isInstanceOf(PromiseCanceledException.class);
    assertThatThrownBy(() -> handle("d", Integer.class).result())
        .isInstanceOf(PromiseTimeoutException.class);
  }

  @Test
  void messageWakesWhoWaits() {
    promises.create("a", AN_HOUR);
    server.listen(message -> {
      if (message instanceof Message.Unblock(var promise)) {
        watches.settled(promise);
      }
    });
    var handle = this.<String>handle("a", String.class);
    assertThat(handle.isDone()).isFalse();
    promises.resolve("a", "x");
    assertThat(handle.isDone()).isTrue();
    assertThat(handle.result()).isEqualTo("x");
  }

  @Test
  void lostMessageIsMadeUpForAfterHalfAMinute() {
    promises.create("a", AN_HOUR);
    var handle = this.<String>handle("a", String.class);
    assertThat(handle.isDone()).isFalse();
    promises.resolve("a", "x");
    watches.tick();
    assertThat(handle.isDone()).isFalse();
    server.pass(Duration.ofSeconds(30));
    watches.tick();
    await().until(handle::isDone);
  }

  @Test
  void lostMessageIsMadeUpForByAReconnection() {
    promises.create("a", AN_HOUR);
    var handle = this.<String>handle("a", String.class);
    assertThat(handle.isDone()).isFalse();
    promises.resolve("a", "x");
    watches.reconnected();
    await().until(handle::isDone);
  }

  @Test
  void deadlineIsLookedAtWhenItComes() {
    promises.create("a", Duration.ofSeconds(5));
    var handle = handle("a", String.class);
    assertThat(handle.isDone()).isFalse();
    server.pass(Duration.ofMillis(5_050));
    watches.tick();
    await().until(handle::isDone);
  }

  @Test
  void limitedWaitEndsWithoutHarm() {
    promises.create("a", AN_HOUR);
    var handle = this.<String>handle("a", String.class);
    assertThatThrownBy(() -> handle.result(Duration.ofMillis(5)))
        .isInstanceOf(StillPendingException.class)
        .hasMessage("a is still pending after PT0.005S");
    promises.resolve("a", "x");
    watches.reconnected();
    assertThat(handle.result(Duration.ofSeconds(10))).isEqualTo("x");
  }

  @Test
  void limitedWaitEndsInTimeThoughTheServerIsAway() {
    promises.create("a", AN_HOUR);
    server.loseRequests(request -> true);
    assertThatThrownBy(() -> handle("a", String.class).result(Duration.ofMillis(100)))
        .isInstanceOf(StillPendingException.class);
  }

  @Test
  void unknownPromiseIsSaidToBeUnknown() {
    assertThatThrownBy(() -> handle("a", String.class).result())
        .isInstanceOfSatisfying(ServerException.class, e -> assertThat(e.status()).isEqualTo(404));
  }

  @Test
  void promiseThatTheServerHasForgottenFailsWhoWaits() {
    promises.create("a", AN_HOUR);
    var handle = handle("a", String.class);
    assertThat(handle.isDone()).isFalse();
    new Requests(server, Time.system()).send(new DebugRequest.Reset(), AN_HOUR);
    watches.reconnected();
    assertThatThrownBy(() -> handle.result(Duration.ofSeconds(10)))
        .isInstanceOf(ServerException.class);
  }

  @Test
  void watchIsSharedWhileSomebodyHoldsIt() {
    promises.create("a", AN_HOUR);
    var first = handle("a", String.class);
    var second = handle("a", String.class);
    assertThat(first.isDone()).isFalse();
    assertThat(second.isDone()).isFalse();
    assertThat(server.requests())
        .filteredOn(request -> request instanceof PromiseRequest.RegisterListener)
        .hasSize(1);
  }

  @Test
  void closingFailsWhoWaits() {
    promises.create("a", AN_HOUR);
    var handle = handle("a", String.class);
    assertThat(handle.isDone()).isFalse();
    watches.close();
    assertThatThrownBy(handle::result)
        .isInstanceOf(ResonateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> handle("b", String.class).result()).hasMessageContaining("closed");
  }

  private <T> WatchHandle<T> handle(String id, Class<T> type) {
    return new WatchHandle<>(watches, values, id, type, Duration.ofSeconds(5), null);
  }
}
