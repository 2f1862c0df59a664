package dev.baton.sdk.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.sdk.Handle;
import dev.baton.sdk.LiveServer;
import dev.baton.sdk.Options;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EngineIT {

  private final LiveServer server = LiveServer.inMemory();
  private final Engine engine = new Engine(server.settings("client"));

  @AfterEach
  void stop() {
    engine.close();
    server.close();
  }

  @Test
  void clientThatOnlyDispatchesWatchesNothing() {
    var caller = engine.caller(Options.target("nobody"));
    List<Handle<String>> handles = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      handles.add(caller.beginRpc("a" + i, "f", String.class));
    }
    assertThat(engine.watched()).isZero();
    handles.forEach(handle -> assertThat(handle.isDone()).isFalse());
    assertThat(engine.watched()).isEqualTo(1_500);
    handles.forEach(handle -> engine.promises().resolve(handle.id(), "done"));
    handles.forEach(handle -> assertThat(handle.result()).isEqualTo("done"));
    await().untilAsserted(() -> assertThat(engine.watched()).isZero());
  }

  @Test
  void watchThatNobodyHoldsAnyMoreIsForgotten() {
    for (int i = 0; i < 100; i++) {
      engine.caller(Options.target("nobody")).beginRpc("a" + i, "f", String.class).isDone();
    }
    await()
        .untilAsserted(() -> {
          System.gc();
          assertThat(engine.watched()).isZero();
        });
  }
}
