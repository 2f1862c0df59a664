package dev.baton.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet;
import dev.baton.core.State;
import dev.baton.core.StateMachine;
import dev.baton.core.Task;
import dev.baton.core.UnreadableException;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.Value;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.Dispatchers;
import dev.baton.server.dispatch.FakeLink;
import dev.baton.server.storage.MemoryStorage;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PipelineTest {

  private static final long FAR = Long.MAX_VALUE;

  private final MemoryStorage storage = new MemoryStorage(RuleSet.Profile.RELEASE);
  private final Dispatcher dispatcher = Dispatchers.plain();
  private final Pipeline pipeline =
      new Pipeline(
          storage, new StateMachine(RuleSet.DEFAULT)::decide, dispatcher, EngineMetrics.NONE);
  private final List<Integer> statuses = new ArrayList<>();
  private final Queue<Runnable> actions = new ArrayDeque<>();

  PipelineTest() {
    pipeline.open(1_000);
  }

  private void step(long now, Request... requests) {
    List<CommandCall> calls =
        Arrays.stream(requests)
            .map(request ->
                new CommandCall(
                    new Command.Client(request), null, response -> statuses.add(response.status())))
            .toList();
    pipeline.step(calls, actions::poll, now, 0, false);
  }

  private boolean hasListeners(String id) {
    return storage.transact(rows -> !rows.state().listenersOf(id).isEmpty());
  }

  @Test
  void aListenerThatHasBeenToldIsForgottenSoonAlsoWhenNothingElseHappens() {
    FakeLink client = new FakeLink("c", null);
    client.group = "clients";
    actions.add(() -> dispatcher.connected(client, pipeline.now()));
    step(
        1_000,
        new PromiseRequest.Create("p", FAR, Value.EMPTY, Map.of()),
        new PromiseRequest.RegisterListener("p", "poll://uni@clients/c"));
    step(2_000, new PromiseRequest.Settle("p", PromiseRecord.State.RESOLVED, Value.EMPTY));
    assertThat(statuses).containsExactly(200, 200, 200);
    assertThat(client.messages()).hasSize(1);
    assertThat(pipeline.nextDueAt()).as("whether it was taken").isEqualTo(2_200);
    step(2_200);
    step(3_000);
    assertThat(pipeline.nextDueAt()).as("if the connection lives on").isEqualTo(3_200);
    step(3_200);
    assertThat(hasListeners("p")).isTrue();
    assertThat(pipeline.nextDueAt()).isEqualTo(3_700);
    step(3_700);
    assertThat(hasListeners("p")).isFalse();
    assertThat(pipeline.nextDueAt()).isEqualTo(FAR);
  }

  /** Who has waited for an owner waits for one transaction, not for two. */
  @Test
  void whatItBeginsWithIsOneTransactionWithWhatItIsAskedFirst() {
    BrokenStorage counted = new BrokenStorage();
    StateMachine rules = new StateMachine(RuleSet.DEFAULT);
    List<Class<?>> decided = new ArrayList<>();
    Pipeline opened =
        new Pipeline(
            counted,
            (state, command, now) -> {
              decided.add(command.getClass());
              return rules.decide(state, command, now);
            },
            dispatcher,
            EngineMetrics.NONE);
    opened.open(1_000);
    assertThat(counted.transactions).isZero();
    assertThat(opened.nextDueAt()).isLessThanOrEqualTo(1_000);
    Command asked = new Command.Client(create("p"));
    List<CommandCall> calls =
        List.of(new CommandCall(asked, null, response -> statuses.add(response.status())));
    opened.step(calls, actions::poll, 1_000, 0, false);
    assertThat(statuses).containsExactly(200);
    assertThat(counted.transactions).isEqualTo(1);
    assertThat(decided)
        .containsExactly(
            Command.CutLeases.class,
            Command.Tick.class,
            Command.Client.class,
            Command.EndOverdueLeases.class);
  }

  private static PromiseRequest.Create create(String id) {
    return new PromiseRequest.Create(id, FAR, Value.EMPTY, Map.of());
  }

  private <R> void run(Script<R> script, ScriptCall.Reply<R> reply, Runnable failed) {
    pipeline.step(
        List.of(),
        List.of(new ScriptCall<>(script, reply, failed)),
        actions::poll,
        2_000,
        0,
        false);
  }

  /** A storage that fails in a way that nobody foresaw, as often as it is told to. */
  private final class BrokenStorage implements Storage {
    private int transactions;
    private int failures;
    private @Nullable RuntimeException ofLooks;

    @Override
    public <R> R transact(Function<Rows, R> work) {
      transactions++;
      if (failures > 0) {
        failures--;
        throw new IllegalStateException("broken");
      }
      return storage.transact(work);
    }

    @Override
    public State live() {
      if (ofLooks != null) {
        throw ofLooks;
      }
      return storage.live();
    }

    @Override
    public void replay(Consumer<Task> tasks, Consumer<Outcome.Unblock> unblocks) {}

    @Override
    public Map<String, Integer> groupSlots() {
      return Map.of();
    }

    @Override
    public void saveGroupSlots(String group, @Nullable Integer slotsPerWorker) {}

    @Override
    public Reader reader() {
      return storage.reader();
    }

    @Override
    public void close() {}
  }

  @Test
  void whoeverAsksIsAnsweredAlsoWhenTheStoreFailsInAWayThatNobodyForesaw() {
    BrokenStorage broken = new BrokenStorage();
    Pipeline onBroken =
        new Pipeline(
            broken, new StateMachine(RuleSet.DEFAULT)::decide, dispatcher, EngineMetrics.NONE);
    onBroken.open(1_000);
    onBroken.step(List.of(), actions::poll, 1_000, 0, false); // What it begins with.
    broken.failures = 3; // Both at once, and then each by itself.
    CommandCall call =
        new CommandCall(
            new Command.Client(new PromiseRequest.Get("p")),
            null,
            response -> statuses.add(response.status()));
    onBroken.step(List.of(call, call), actions::poll, 1_000, 0, false);
    assertThat(statuses).containsExactly(500, 500);
    onBroken.step(List.of(call), actions::poll, 1_000, 0, false);
    assertThat(statuses).containsExactly(500, 500, 404);
    assertThat(onBroken.isHealthy()).isTrue();
  }

  @Test
  void whatCannotBeLookedUpIsNotTakenForSmall() {
    BrokenStorage broken = new BrokenStorage();
    Pipeline onBroken =
        new Pipeline(
            broken, new StateMachine(RuleSet.DEFAULT)::decide, dispatcher, EngineMetrics.NONE);
    onBroken.open(1_000);
    onBroken.step(List.of(), actions::poll, 1_000, 0, false); // What it begins with.
    CommandCall call = new CommandCall(new Command.Client(create("p")), null, _ -> {});
    assertThat(onBroken.isSmall(call, 1_000)).isTrue();
    for (RuntimeException each :
        List.of(
            new StorageException("cut off", null),
            new UnreadableException("promise", "p", "no map of strings"))) {
      broken.ofLooks = each;
      assertThat(onBroken.isSmall(call, 1_000)).isFalse();
    }
  }

  @Test
  void whoAsksForWhatCannotBeReadIsToldSoAndNobodyElseIsHurt() {
    Rules real = new StateMachine(RuleSet.DEFAULT)::decide;
    Pipeline unlucky =
        new Pipeline(
            storage,
            (state, command, now) -> {
              if (command.equals(new Command.Client(new PromiseRequest.Get("bad")))) {
                throw new UnreadableException("promise", "bad", "no map of strings");
              }
              return real.decide(state, command, now);
            },
            dispatcher,
            EngineMetrics.NONE);
    unlucky.open(1_000);
    List<Response> answers = new ArrayList<>();
    List<CommandCall> calls =
        List.<Request>of(create("p"), new PromiseRequest.Get("bad"), create("q")).stream()
            .map(request -> new CommandCall(new Command.Client(request), null, answers::add))
            .toList();
    unlucky.step(calls, actions::poll, 1_000, 0, false);
    assertThat(answers).extracting(Response::status).containsExactly(200, 500, 200);
    assertThat(answers.get(1))
        .isEqualTo(
            Response.failure(
                500,
                "Internal error: promise bad cannot be read from the store: no map of strings"));
    assertThat(unlucky.isHealthy()).isTrue();
  }

  @Test
  void anAnswerThatCannotBeHandedOverKeepsNobodyElseWaiting() {
    Command get = new Command.Client(new PromiseRequest.Get("p"));
    CommandCall gone =
        new CommandCall(
            get,
            null,
            _ -> {
              throw new IllegalStateException("the event loop has ended");
            });
    CommandCall waiting = new CommandCall(get, null, response -> statuses.add(response.status()));
    pipeline.step(List.of(gone, waiting), actions::poll, 1_000, 0, false);
    assertThat(statuses).containsExactly(404);
  }

  @Test
  void aScriptSeesWhatItsEarlierRequestsDidAndIsAnsweredOnce() {
    List<String> results = new ArrayList<>();
    run(
        transaction -> {
          transaction.decide(create("p"));
          boolean isThere = transaction.state().promise("p") != null;
          Response second = transaction.decide(create("p"));
          return isThere + " " + second.status() + " " + transaction.now();
        },
        results::add,
        () -> results.add("failed"));
    assertThat(results).containsExactly("true 200 2000");
  }

  @Test
  void aScriptThatFailsIsToldSoAndTheRestOfTheBatchGoesOn() {
    List<String> results = new ArrayList<>();
    ScriptCall<String> broken =
        new ScriptCall<>(
            _ -> {
              throw new IllegalStateException("a bug");
            },
            results::add,
            () -> results.add("failed"));
    ScriptCall<Integer> fine =
        new ScriptCall<>(
            transaction -> transaction.decide(create("p")).status(),
            status -> results.add("" + status),
            () -> results.add("failed too"));
    pipeline.step(List.of(), List.of(broken, fine), actions::poll, 2_000, 0, false);
    assertThat(results).containsExactly("failed", "200");
  }

  @Test
  void whatACommandEntailsHasHappenedWhenTheNextIsDecided() {
    Pipeline extended =
        new Pipeline(
            storage,
            new StateMachine(RuleSet.DEFAULT)::decide,
            dispatcher,
            EngineMetrics.NONE,
            new Extension() {
              @Override
              public List<Command> entailed(State state, Outcome outcome) {
                List<Command> commands = new ArrayList<>();
                for (Change change : outcome.changes()) {
                  if (change instanceof Change.PutPromise(var before, var after)
                      && before == null
                      && after.id().length() < 3) {
                    commands.add(new Command.Client(create(after.id() + "+")));
                  }
                }
                return commands;
              }
            });
    extended.open(1_000);
    List<Boolean> results = new ArrayList<>();
    extended.step(
        List.of(),
        List.of(
            new ScriptCall<>(
                transaction -> {
                  transaction.decide(create("p"));
                  return transaction.state().promise("p++") != null
                      && transaction.state().promise("p+++") == null;
                },
                results::add,
                () -> results.add(false))),
        actions::poll,
        2_000,
        0,
        false);
    assertThat(results).containsExactly(true);
  }

  @Test
  void anOfferThatAStrictWorkerLetPassIsRenewed() {
    FakeLink strict =
        new FakeLink("a", null) {
          @Override
          public boolean isStrict() {
            return true;
          }
        };
    actions.add(() -> dispatcher.connected(strict, pipeline.now()));
    step(
        1_000,
        new PromiseRequest.Create(
            "t", FAR, Value.EMPTY, Map.of("resonate:target", "poll://any@g")));
    step(61_000);
    assertThat(strict.messages())
        .containsExactly(
            new Message.Execute("http://here", "t", 0), new Message.Execute("http://here", "t", 1));
  }
}
