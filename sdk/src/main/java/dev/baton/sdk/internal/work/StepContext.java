package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import dev.baton.sdk.Context;
import dev.baton.sdk.DurablePromise;
import dev.baton.sdk.Functions;
import dev.baton.sdk.GenericType;
import dev.baton.sdk.Options;
import dev.baton.sdk.internal.function.DurableFunction;
import dev.baton.sdk.internal.function.StepTypes;
import dev.baton.sdk.internal.value.Call;
import dev.baton.sdk.internal.value.Outcomes;
import dev.baton.sdk.internal.value.Values;
import dev.baton.sdk.internal.wire.Times;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a function's steps durable. */
record StepContext(Frame frame, Options options) implements Context {

  @Override
  public String id() {
    return frame.id();
  }

  @Override
  public String originId() {
    return execution().origin();
  }

  @Override
  public long attempt() {
    return execution().attempt();
  }

  @Override
  public String pid() {
    return execution().pid();
  }

  @Override
  public Instant deadline() {
    return Instant.ofEpochMilli(frame.timeoutAt());
  }

  @Override
  public Context with(Options options) {
    return new StepContext(frame, options);
  }

  @Override
  public <T> T run(String name, Functions.F0<T> step) {
    return runHere(name, StepTypes.resultOf(name, step), leaf(step));
  }

  @Override
  public void run(String name, Functions.P0 step) {
    this.<Void>runHere(name, Void.class, leaf(() -> nothing(step)));
  }

  @Override
  public <T> T run(String name, Class<T> type, Functions.F0<T> step) {
    return runHere(name, type, leaf(step));
  }

  @Override
  public <T> T run(String name, GenericType<T> type, Functions.F0<T> step) {
    return runHere(name, type.type(), leaf(step));
  }

  @Override
  public <T> T run(String name, Class<T> type, Functions.F1<Context, T> step) {
    return runHere(name, type, inner -> step.apply(contextOf(inner)));
  }

  @Override
  public <T> T run(String function, Class<T> type, @Nullable Object... arguments) {
    var found = execution().find(function);
    var json = Call.arguments(values(), function, arguments);
    return runHere(function, json, type, registered(found, json));
  }

  @Override
  public <T> DurablePromise<T> beginRun(String name, Functions.F0<T> step) {
    return beginHere(name, StepTypes.resultOf(name, step), leaf(step));
  }

  @Override
  public DurablePromise<Void> beginRun(String name, Functions.P0 step) {
    return beginHere(name, Void.class, leaf(() -> nothing(step)));
  }

  @Override
  public <T> DurablePromise<T> beginRun(String name, Class<T> type, Functions.F0<T> step) {
    return beginHere(name, type, leaf(step));
  }

  @Override
  public <T> DurablePromise<T> beginRun(String name, GenericType<T> type, Functions.F0<T> step) {
    return beginHere(name, type.type(), leaf(step));
  }

  @Override
  public <T> DurablePromise<T> beginRun(String name, Class<T> type, Functions.F1<Context, T> step) {
    return beginHere(name, type, inner -> step.apply(contextOf(inner)));
  }

  @Override
  public <T> DurablePromise<T> beginRun(
      String function, Class<T> type, @Nullable Object... arguments) {
    var found = execution().find(function);
    var json = Call.arguments(values(), function, arguments);
    return beginHere(function, json, type, registered(found, json));
  }

  @Override
  public <T> DurablePromise<T> beginRpc(
      String function, Class<T> type, @Nullable Object... arguments) {
    return beginThere(function, type, arguments);
  }

  @Override
  public <T> DurablePromise<T> beginRpc(
      String function, GenericType<T> type, @Nullable Object... arguments) {
    return beginThere(function, type.type(), arguments);
  }

  @Override
  public String detached(String function, @Nullable Object... arguments) {
    String id = Ids.detached(execution().origin(), frame.nextId());
    var tags = tags(id, "global", execution().origin());
    addTarget(tags);
    long timeoutAt = Times.after(execution().clock().millis(), options.timeout());
    var param = Call.encode(values(), function, arguments, options.retry());
    execution().create(new Step(StepKind.RPC, id, function, timeoutAt, param, tags));
    return id;
  }

  @Override
  public void sleep(Duration duration) {
    String id = frame.nextId();
    // On the function's own branch, so that a replay finds it in the preload.
    var tags = tags(execution().branch(), "global", frame.id());
    tags.put(Tags.TIMER, "true");
    var step = new Step(StepKind.SLEEP, id, "", deadline(duration), Value.EMPTY, tags);
    var promise = execution().create(step);
    if (!promise.isSettled()) {
      execution().strands().await(id, true);
    }
  }

  @Override
  public <T> DurablePromise<T> promise(Class<T> type) {
    return external(type);
  }

  @Override
  public <T> DurablePromise<T> promise(GenericType<T> type) {
    return external(type.type());
  }

  private <T> DurablePromise<T> external(Type type) {
    String id = frame.nextId();
    var tags = tags(execution().branch(), "global", frame.id());
    long timeoutAt = deadline(options.timeout());
    execution().create(new Step(StepKind.PROMISE, id, "", timeoutAt, Value.EMPTY, tags));
    // Not attached: whether it is ever settled is not this function's business unless it waits.
    return new StepPromise<>(frame, id, "", type, true);
  }

  private <T> DurablePromise<T> beginThere(
      String function, Type type, @Nullable Object[] arguments) {
    String id = frame.nextId();
    var tags = tags(id, "global", frame.id());
    addTarget(tags);
    var param = Call.encode(values(), function, arguments, options.retry());
    execution()
        .create(new Step(StepKind.RPC, id, function, deadline(options.timeout()), param, tags));
    return frame.attach(new StepPromise<>(frame, id, function, type, true));
  }

  private <T> T runHere(String name, Type type, Attempts.Body body) {
    return runHere(name, null, type, body);
  }

  private <T> T runHere(
      String name, @Nullable List<byte[]> arguments, Type type, Attempts.Body body) {
    var step = here(name, arguments);
    var promise = execution().create(step);
    return Outcomes.of(
        values(),
        promise.isSettled() ? promise : execution().perform(subject(step, promise, body)),
        type);
  }

  private <T> DurablePromise<T> beginHere(String name, Type type, Attempts.Body body) {
    return beginHere(name, null, type, body);
  }

  private <T> DurablePromise<T> beginHere(
      String name, @Nullable List<byte[]> arguments, Type type, Attempts.Body body) {
    var step = here(name, arguments);
    var promise = execution().create(step);
    if (!promise.isSettled()) {
      execution().begin(subject(step, promise, body));
    }
    return frame.attach(new StepPromise<>(frame, step.id(), name, type, false));
  }

  private Attempts.Subject subject(Step step, PromiseRecord promise, Attempts.Body body) {
    return new Attempts.Subject(
        step.id(),
        "step %s '%s' of call %s".formatted(step.id(), step.name(), execution().id()),
        promise.timeoutAt(),
        options.retry(),
        body);
  }

  /** A step is known again by its name, and one that runs a function also by its arguments. */
  private Step here(String name, @Nullable List<byte[]> arguments) {
    String id = frame.nextId();
    var tags = tags(execution().branch(), "local", frame.id());
    var param =
        arguments == null
            ? values().data(new Named(name, Call.VERSION))
            : Call.encodeLocal(values(), name, arguments);
    return new Step(StepKind.RUN, id, name, deadline(options.timeout()), param, tags);
  }

  /** What is stored of a step that is told apart by its name only. */
  private record Named(String func, int version) {}

  private Map<String, String> tags(String branch, String scope, String parent) {
    return tags(execution(), options.tags(), branch, scope, parent);
  }

  /** The tags of a timer that is no step of a function's own. */
  static Map<String, String> timerTags(Execution execution, String branch, String parent) {
    var tags = tags(execution, Map.of(), branch, "global", parent);
    tags.put(Tags.TIMER, "true");
    return tags;
  }

  /** The system's tags win over the user's. */
  private static Map<String, String> tags(
      Execution execution, Map<String, String> own, String branch, String scope, String parent) {
    var tags = new LinkedHashMap<>(own);
    tags.put(Tags.SCOPE, scope);
    tags.put(Tags.BRANCH, branch);
    tags.put(Tags.PARENT, parent);
    tags.put(Tags.ORIGIN, execution.origin());
    return tags;
  }

  private void addTarget(Map<String, String> tags) {
    tags.put(Tags.TARGET, execution().target(options));
    if (options.delay().isPositive()) {
      long notBefore = Times.after(execution().clock().millis(), options.delay());
      tags.put(Tags.DELAY, Long.toString(notBefore));
    }
  }

  private long deadline(Duration timeout) {
    return Math.min(Times.after(execution().clock().millis(), timeout), frame.timeoutAt());
  }

  private Attempts.Body registered(DurableFunction function, List<byte[]> arguments) {
    return inner ->
        function.body().apply(contextOf(inner), function.arguments(values(), arguments));
  }

  /** What makes no steps. */
  private static Attempts.Body leaf(Functions.F0<?> step) {
    return new Attempts.Body() {
      @Override
      public @Nullable Object run(Frame frame) throws Exception {
        return step.apply();
      }

      @Override
      public boolean makesSteps() {
        return false;
      }
    };
  }

  private static Context contextOf(Frame inner) {
    return new StepContext(inner, Options.defaults());
  }

  private static @Nullable Object nothing(Functions.P0 step) throws Exception {
    step.apply();
    return null;
  }

  private Values values() {
    return execution().values();
  }

  private Execution execution() {
    return frame.execution();
  }
}
