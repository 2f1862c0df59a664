package dev.baton.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Command;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.FakeLink;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.dispatch.Push;
import dev.baton.server.record.Event;
import dev.baton.server.record.Ring;
import dev.baton.server.storage.Storage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a worker hears of a task that is not durable yet, and what becomes of that if it fails. */
abstract class OffersAheadContract {

  private static final long FAR = Long.MAX_VALUE;

  final List<String> happened = new ArrayList<>();
  private final Ring ring = new Ring(100);
  private final FakeLink worker =
      new FakeLink("w", 1) {
        @Override
        public long send(Message message) {
          if (message instanceof Message.Execute(_, String id, _)) {
            happened.add("offered " + id);
          }
          return super.send(message);
        }
      };
  Storage storage;
  private Dispatcher dispatcher;
  private Pipeline pipeline;
  private long now = 1_000;

  /** Opens the store, or opens it again. */
  abstract Storage open() throws Exception;

  /** Whether the store refuses to save promises from now on. */
  abstract void refuse(boolean on) throws Exception;

  @BeforeEach
  void start() throws Exception {
    storage = open();
    dispatcher =
        new Dispatcher(
            new Dispatcher.Settings(
                () -> "http://here",
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                ring),
            _ -> null,
            Push.OFF,
            Runnable::run,
            (_, _) -> {});
    pipeline =
        new Pipeline(
            storage, new StateMachine(RuleSet.DEFAULT)::decide, dispatcher, EngineMetrics.NONE);
    pipeline.whenOfferedAhead(() -> happened.add("hurried"));
    pipeline.open(now);
    step(); // What it begins with.
    dispatcher.connected(worker, now);
  }

  @AfterEach
  void close() {
    storage.close();
  }

  private void step(Request... requests) {
    List<CommandCall> calls =
        Arrays.stream(requests)
            .map(request ->
                new CommandCall(
                    new Command.Client(request),
                    null,
                    answer -> happened.add("answered " + answer.status())))
            .toList();
    pipeline.step(calls, () -> null, now, 0, false);
  }

  private static PromiseRequest.Create create(String id) {
    return new PromiseRequest.Create(id, FAR, Value.EMPTY, Map.of(Tags.TARGET, "poll://any@g"));
  }

  private static TaskRequest.Acquire acquire(String id) {
    return new TaskRequest.Acquire(id, 0, "w", 60_000);
  }

  private GroupView.WorkerView shown() {
    return dispatcher.view("g", now).workers().getFirst();
  }

  private List<Event.Kind> kinds(String id) {
    return Objects.requireNonNull(
            ring.between(ring.first(), ring.next(), event -> id.equals(event.id())))
        .stream()
        .map(Event::kind)
        .toList();
  }

  @Test
  void aWorkerHearsOfASingleNewTaskWhileItBecomesDurable() {
    step(create("a"));
    assertThat(happened).containsExactly("offered a", "hurried", "answered 200");
    assertThat(kinds("a")).containsExactly(Event.Kind.READY, Event.Kind.SENT);
    assertThat(shown().load()).isOne();
    step(acquire("a"));
    assertThat(happened).last().isEqualTo("answered 200");
    assertThat(shown().load()).isOne();
  }

  @Test
  void whatWasOfferedAheadIsOfferedAgainLikeAnythingElse() {
    step(create("a"));
    now += 5_000;
    step();
    assertThat(happened).containsExactly("offered a", "hurried", "answered 200", "offered a");
  }

  @Test
  void whoHasNoRoomHearsOfItWhenItIsDurableAndThereIsRoom() {
    step(create("a"));
    happened.clear();
    step(create("b"));
    assertThat(happened).containsExactly("answered 200");
    step(acquire("a"));
    step(new PromiseRequest.Settle("a", PromiseRecord.State.RESOLVED, Value.EMPTY));
    assertThat(happened).contains("offered b").doesNotContain("hurried");
  }

  @Test
  void ofSeveralAtOnceWorkersHearWhenTheyAreDurable() {
    step(create("a"), create("b"));
    assertThat(happened).containsExactly("answered 200", "answered 200", "offered a");
  }

  @Test
  void whatCouldNotBeSavedWasNeverOffered() throws Exception {
    refuse(true);
    step(create("a"));
    assertThat(happened)
        .hasSize(3)
        .startsWith("offered a", "hurried")
        .last()
        .isEqualTo("answered 500");
    assertThat(shown().load()).as("there is room again").isZero();
    assertThat(kinds("a")).as("nobody is shown it").isEmpty();
    refuse(false);
    now += 2_000;
    step();
    happened.clear();
    step(acquire("a"));
    assertThat(happened).as("the worker comes for it").containsExactly("answered 404");
    step(create("b"));
    assertThat(happened).contains("offered b").last().isEqualTo("answered 200");
    now += 60_000;
    step(acquire("b"));
    assertThat(happened).doesNotContain("offered a");
    assertThat(shown().load()).isOne();
  }

  @Test
  void whatIsAskedForAgainAfterAFailureIsOfferedAgain() throws Exception {
    refuse(true);
    step(create("a"));
    refuse(false);
    now += 2_000;
    step();
    happened.clear();
    step(create("a"));
    assertThat(happened).containsExactly("offered a", "hurried", "answered 200");
    assertThat(kinds("a")).containsExactly(Event.Kind.READY, Event.Kind.SENT);
    step(acquire("a"));
    assertThat(happened).last().isEqualTo("answered 200");
  }

  @Test
  void whatIsThereAlreadyAndSettledKeepsNobodyBusy() throws Exception {
    step(create("a"));
    step(new PromiseRequest.Settle("a", PromiseRecord.State.RESOLVED, Value.EMPTY));
    storage.close();
    start();
    happened.clear();
    int before = kinds("a").size();
    step(create("a"));
    assertThat(happened).last().isEqualTo("answered 200");
    assertThat(shown().load()).isZero();
    assertThat(kinds("a")).hasSize(before);
    step(create("b"));
    assertThat(happened).contains("offered b");
  }
}
