package dev.baton.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Command;
import dev.baton.core.Promise;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.core.TaskState;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.server.auth.Access;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.Link;
import dev.baton.server.dispatch.Push;
import dev.baton.server.process.CommandCall;
import dev.baton.server.process.EngineMetrics;
import dev.baton.server.process.Pipeline;
import dev.baton.server.process.Script;
import dev.baton.server.process.ScriptCall;
import dev.baton.server.storage.MemoryStorage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The old tasks on the new rules, stepped by hand. */
class LegacyTasksTest {

  private static final long FAR = 100_000_000;
  private static final Headers NO_HEADERS = new Headers(false, null, null, 0);

  private final MemoryStorage storage = new MemoryStorage(RuleSet.Profile.RELEASE);
  private final List<String> offers = new ArrayList<>();
  private Server server = new Server();
  private long now = 1_000;

  /** A run of the server on the storage. */
  private final class Server {
    final Queue<Runnable> actions = new ArrayDeque<>();
    final Dispatcher dispatcher =
        new Dispatcher(
            new Dispatcher.Settings(
                () -> "http://here",
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(1)),
            _ -> null,
            Push.OFF,
            Runnable::run,
            (_, _) -> {});
    final LegacyTasks tasks = new LegacyTasks(LegacyTasksTest.this::promise);
    final Pipeline pipeline =
        new Pipeline(
            storage,
            new StateMachine(RuleSet.DEFAULT)::decide,
            dispatcher,
            EngineMetrics.NONE,
            tasks);

    Server() {
      pipeline.open(1_000);
      actions.add(() ->
          dispatcher.connected(new Worker(new LegacyDialect(LegacyTasksTest.this::promise)), now));
    }
  }

  /** Notes what it is offered. */
  private final class Worker implements Link {
    private final LegacyDialect dialect;

    private Worker(LegacyDialect dialect) {
      this.dialect = dialect;
    }

    @Override
    public String group() {
      return dialect.group("g");
    }

    @Override
    public String pid() {
      return "w";
    }

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
    public void close() {}

    @Override
    public boolean isStrict() {
      return dialect.isStrict();
    }

    @Override
    public long send(Message message) {
      if (message instanceof Message.Execute(_, String taskId, long version)) {
        Promise carrier = promise(taskId);
        offers.add(
            carrier == null
                ? taskId + " of nobody"
                : taskId + "/" + LegacyTask.offeredCounter(carrier, version));
      }
      return 0;
    }

    @Override
    public long taken() {
      return 0;
    }
  }

  private @Nullable Promise promise(String id) {
    return storage.transact(rows -> Optional.ofNullable(rows.state().promise(id))).orElse(null);
  }

  private TaskState task(String id) {
    return storage
        .transact(rows -> Optional.ofNullable(rows.state().task(id)))
        .orElseThrow()
        .state();
  }

  private void send(Request... requests) {
    List<CommandCall> calls = new ArrayList<>();
    for (Request request : requests) {
      calls.add(new CommandCall(new Command.Client(request), null, _ -> {}));
    }
    server.pipeline.step(calls, server.actions::poll, now, 0, false);
  }

  private int run(Script<Reply> script) {
    List<Integer> statuses = new ArrayList<>();
    ScriptCall<Reply> call =
        new ScriptCall<>(script, reply -> statuses.add(reply.status()), () -> statuses.add(500));
    server.pipeline.step(List.of(), List.of(call), server.actions::poll, now, 0, false);
    return statuses.getFirst();
  }

  private void invoke(String id, long timeout) {
    send(
        new PromiseRequest.Create(
            id, timeout, Value.EMPTY, Map.of("resonate:invoke", "poll://any@g")));
  }

  private int claim(String id, long counter) {
    var claim = new Tasks.Claim(id, counter, "w", 10_000);
    return run(transaction ->
        Tasks.claim(
            transaction, claim, new Access.Unlimited(), "http://here", server.tasks::isFromBefore));
  }

  private int complete(String id, long counter) {
    return run(transaction -> Tasks.complete(transaction, id, counter, new Access.Unlimited()));
  }

  private int callback(String leaf, String root) {
    return run(transaction ->
        Promises.callback(transaction, leaf, root, FAR, Receivers.address("poll://any@g/w")));
  }

  private static PromiseRequest.Settle resolve(String id) {
    return new PromiseRequest.Settle(id, PromiseRecord.State.RESOLVED, Value.EMPTY);
  }

  private static PromiseRequest.Create create(String id) {
    return new PromiseRequest.Create(id, FAR, Value.EMPTY, Map.of());
  }

  @Test
  void whoeverCreatesAPromiseThatIsToBeInvokedItsTaskIsOffered() {
    invoke("t", FAR);
    assertThat(offers).containsExactly("__invoke:t/1");
    assertThat(claim("__invoke:t", 1)).isEqualTo(201);
    assertThat(claim("__invoke:t", 1)).isEqualTo(403);
  }

  @Test
  void whoeverSettlesARootEndsItsTasks() {
    invoke("t", FAR);
    send(create("a"));
    claim("__invoke:t", 1);
    callback("a", "t");
    send(resolve("t"));
    assertThat(task("__invoke:t")).isInstanceOf(TaskState.Fulfilled.class);
    assertThat(task("__resume:t:a")).isInstanceOf(TaskState.Fulfilled.class);
    assertThat(complete("__invoke:t", 1)).isEqualTo(200);
    send(resolve("a"));
    assertThat(offers).containsExactly("__invoke:t/1");
  }

  @Test
  void theDeadlineOfARootEndsItsTasksToo() {
    invoke("t", 5_000);
    send(create("a"));
    claim("__invoke:t", 1);
    callback("a", "t");
    now = 5_000;
    send();
    assertThat(task("__invoke:t")).isInstanceOf(TaskState.Fulfilled.class);
    assertThat(task("__resume:t:a")).isInstanceOf(TaskState.Fulfilled.class);
  }

  @Test
  void theTasksOfARootTakeTurns() {
    invoke("t", FAR);
    send(create("a"), create("b"));
    claim("__invoke:t", 1);
    callback("a", "t");
    callback("b", "t");
    send(resolve("b"));
    send(resolve("a"));
    assertThat(offers).containsExactly("__invoke:t/1");
    complete("__invoke:t", 1);
    assertThat(offers).containsExactly("__invoke:t/1", "__resume:t:b/1");
    claim("__resume:t:b", 1);
    complete("__resume:t:b", 1);
    assertThat(offers).containsExactly("__invoke:t/1", "__resume:t:b/1", "__resume:t:a/1");
  }

  @Test
  void aTaskWhoseLeaseHasEndedIsOfferedUnderTheNextCounter() {
    invoke("t", FAR);
    claim("__invoke:t", 1);
    now += 10_000;
    send();
    assertThat(offers).containsExactly("__invoke:t/1", "__invoke:t/2");
    assertThat(claim("__invoke:t", 1)).isEqualTo(403);
    assertThat(claim("__invoke:t", 2)).isEqualTo(201);
    assertThat(complete("__invoke:t", 1)).isEqualTo(403);
    assertThat(complete("__invoke:t", 2)).isEqualTo(201);
  }

  @Test
  void anOfferThatNobodyClaimsIsMadeAgainUnderTheNextCounter() {
    invoke("t", FAR);
    now += 60_000;
    send();
    assertThat(offers).containsExactly("__invoke:t/1", "__invoke:t/2");
    assertThat(claim("__invoke:t", 1)).isEqualTo(403);
    assertThat(claim("__invoke:t", 2)).isEqualTo(201);
  }

  @Test
  void afterARestartTheTaskThatWasOfferedFirstIsOfferedAndTheOthersWait() {
    invoke("t", FAR);
    send(create("a"), create("b"));
    claim("__invoke:t", 1);
    callback("a", "t");
    callback("b", "t");
    complete("__invoke:t", 1);
    send(resolve("b"));
    now += 10;
    send(resolve("a"));
    offers.clear();
    server = new Server();
    send();
    assertThat(offers).containsExactly("__resume:t:b/1");
    claim("__resume:t:b", 1);
    complete("__resume:t:b", 1);
    assertThat(offers).containsExactly("__resume:t:b/1", "__resume:t:a/1");
  }

  @Test
  void aClaimWhoseAnswerWasLostWithTheServerMayBeRepeated() {
    invoke("t", FAR);
    claim("__invoke:t", 1);
    server = new Server();
    assertThat(claim("__invoke:t", 1)).isEqualTo(201);
    send(new TaskRequest.Release("__invoke:t", 1));
    assertThat(claim("__invoke:t", 2)).isEqualTo(201);
    assertThat(claim("__invoke:t", 2)).isEqualTo(403);
  }

  @Test
  void aHeartbeatCountsAndExtendsTheClaimedTasksOfItsProcessOnly() {
    invoke("t", FAR);
    claim("__invoke:t", 1);
    now += 9_000;
    run(transaction -> Tasks.heartbeat(transaction, "w", new Access.Unlimited()));
    now += 9_000;
    send();
    assertThat(task("__invoke:t")).isInstanceOf(TaskState.Acquired.class);
    int[] affected = new int[1];
    run(transaction -> {
      Reply reply = Tasks.heartbeat(transaction, "other", new Access.Unlimited());
      affected[0] = reply.body() == null ? -1 : reply.body().path("tasksAffected").asInt(-1);
      return reply;
    });
    assertThat(affected[0]).isZero();
  }

  @Test
  void aPrefixCoversTheTasksOfItsRoots() {
    invoke("foo.1", FAR);
    var claim = new Tasks.Claim("__invoke:foo.1", 1, "w", 10_000);
    assertThat(
            run(transaction ->
                Tasks.claim(transaction, claim, Access.ofPrefix("bar"), "", _ -> false)))
        .isEqualTo(403);
    assertThat(
            run(transaction ->
                Tasks.claim(transaction, claim, Access.ofPrefix("foo"), "", _ -> false)))
        .isEqualTo(201);
  }

  @Test
  void fencingHeadersWantATaskThatIsClaimedAtItsCounter() {
    invoke("t", FAR);
    Headers fence = new Headers(false, null, "__invoke:t", 1);
    var wanted = new Promises.NewPromise("x", FAR, Value.EMPTY, Map.of());
    assertThat(run(transaction -> Promises.create(transaction, wanted, fence))).isEqualTo(412);
    claim("__invoke:t", 1);
    assertThat(run(transaction -> Promises.create(transaction, wanted, fence))).isEqualTo(201);
    assertThat(run(transaction -> Promises.create(transaction, wanted, NO_HEADERS))).isEqualTo(409);
  }
}
