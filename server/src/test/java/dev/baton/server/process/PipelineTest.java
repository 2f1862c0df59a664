package dev.baton.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Command;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Value;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.Link;
import dev.baton.server.dispatch.Push;
import dev.baton.server.storage.MemoryStorage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PipelineTest {

  private static final long FAR = Long.MAX_VALUE;

  private final MemoryStorage storage = new MemoryStorage(RuleSet.Profile.RELEASE);
  private final Dispatcher dispatcher =
      new Dispatcher(
          new Dispatcher.Settings(
              () -> "http://here",
              Duration.ofSeconds(5),
              Duration.ofSeconds(30),
              Duration.ofSeconds(1)),
          Push.OFF,
          Runnable::run,
          (_, _) -> {});
  private final Pipeline pipeline =
      new Pipeline(
          storage, new StateMachine(RuleSet.DEFAULT)::decide, dispatcher, EngineMetrics.NONE);
  private final List<Integer> statuses = new ArrayList<>();
  private final Queue<Runnable> deeds = new ArrayDeque<>();

  PipelineTest() {
    pipeline.open(1_000);
  }

  private void step(long now, Request... requests) {
    List<Ask> asks =
        Arrays.stream(requests)
            .map(request ->
                new Ask(
                    new Command.Client(request), null, response -> statuses.add(response.status())))
            .toList();
    pipeline.step(asks, deeds::poll, now, false);
  }

  private boolean hasListeners(String id) {
    return storage.transact(rows -> !rows.state().listenersOf(id).isEmpty());
  }

  /** A client that takes everything. */
  private record ListeningLink(String group, String pid, List<Message> messages) implements Link {
    @Override
    public String address() {
      return "10.0.0.1";
    }

    @Override
    public @Nullable Integer slots() {
      return null;
    }

    @Override
    public @Nullable String run() {
      return null;
    }

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void send(Message message) {
      messages.add(message);
    }

    @Override
    public void close() {}
  }

  @Test
  void aListenerThatHasBeenToldIsForgottenSoonAlsoWhenNothingElseHappens() {
    ListeningLink client = new ListeningLink("clients", "c", new ArrayList<>());
    deeds.add(() -> dispatcher.connected(client, pipeline.now()));
    step(
        1_000,
        new PromiseRequest.Create("p", FAR, Value.EMPTY, Map.of()),
        new PromiseRequest.RegisterListener("p", "poll://uni@clients/c"));
    step(2_000, new PromiseRequest.Settle("p", PromiseRecord.State.RESOLVED, Value.EMPTY));
    assertThat(statuses).containsExactly(200, 200, 200);
    assertThat(client.messages()).hasSize(1);
    assertThat(pipeline.nextDueAt()).isEqualTo(2_500);
    step(2_500);
    assertThat(hasListeners("p")).isFalse();
    assertThat(pipeline.nextDueAt()).isEqualTo(FAR);
  }
}
