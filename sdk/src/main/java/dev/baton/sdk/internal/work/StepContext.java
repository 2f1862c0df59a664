package dev.baton.sdk.internal.work;

import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import dev.baton.sdk.Context;
import dev.baton.sdk.DurablePromise;
import dev.baton.sdk.Functions;
import dev.baton.sdk.GenericType;
import dev.baton.sdk.Options;
import dev.baton.sdk.internal.function.StepTypes;
import dev.baton.sdk.internal.value.Call;
import dev.baton.sdk.internal.value.Outcomes;
import dev.baton.sdk.internal.value.Values;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
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
    return execution().version();
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
    return runHere(name, StepTypes.resultOf(name, step), inner -> step.apply());
  }

  @Override
  public void run(String name, Functions.P0 step) {
    this.<Void>runHere(name, Void.class, inner -> nothing(step));
  }

  @Override
  public <T> T run(String name, Class<T> type, Functions.F0<T> step) {
    return runHere(name, type, inner -> step.apply());
  }

  @Override
  public <T> T run(String name, GenericType<T> type, Functions.F0<T> step) {
    return runHere(name, type.type(), inner -> step.apply());
  }

  @Override
  public <T> T run(String name, Class<T> type, Functions.F1<Context, T> step) {
    return runHere(name, type, inner -> step.apply(contextOf(inner)));
  }

  @Override
  public <T> T run(String function, Class<T> type, @Nullable Object... arguments) {
    return runHere(function, type, registered(function, arguments));
  }

  @Override
  public <T> DurablePromise<T> beginRun(String name, Functions.F0<T> step) {
    return beginHere(name, StepTypes.resultOf(name, step), inner -> step.apply());
  }

  @Override
  public DurablePromise<Void> beginRun(String name, Functions.P0 step) {
    return beginHere(name, Void.class, inner -> nothing(step));
  }

  @Override
  public <T> DurablePromise<T> beginRun(String name, Class<T> type, Functions.F0<T> step) {
    return beginHere(name, type, inner -> step.apply());
  }

  @Override
  public <T> DurablePromise<T> beginRun(String name, GenericType<T> type, Functions.F0<T> step) {
    return beginHere(name, type.type(), inner -> step.apply());
  }

  @Override
  public <T> DurablePromise<T> beginRun(String name, Class<T> type, Functions.F1<Context, T> step) {
    return beginHere(name, type, inner -> step.apply(contextOf(inner)));
  }

  @Override
  public <T> DurablePromise<T> beginRun(
      String function, Class<T> type, @Nullable Object... arguments) {
    return beginHere(function, type, registered(function, arguments));
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
    long timeoutAt = execution().clock().millis() + options.timeout().toMillis();
    var param = Call.encode(function, arguments, options.retry());
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
    return new StepPromise<>(frame, id, type, true);
  }

  private <T> DurablePromise<T> beginThere(
      String function, Type type, @Nullable Object[] arguments) {
    String id = frame.nextId();
    var tags = tags(id, "global", frame.id());
    addTarget(tags);
    var param = Call.encode(function, arguments, options.retry());
    execution()
        .create(new Step(StepKind.RPC, id, function, deadline(options.timeout()), param, tags));
    return frame.attach(new StepPromise<>(frame, id, type, true));
  }

  private <T> T runHere(String name, Type type, Attempts.Body body) {
    var step = here(name);
    var promise = execution().create(step);
    return Outcomes.of(
        promise.isSettled() ? promise : execution().perform(promise, options.retry(), body), type);
  }

  private <T> DurablePromise<T> beginHere(String name, Type type, Attempts.Body body) {
    var step = here(name);
    var promise = execution().create(step);
    if (!promise.isSettled()) {
      execution().begin(promise, options.retry(), body);
    }
    return frame.attach(new StepPromise<>(frame, step.id(), type, false));
  }

  private Step here(String name) {
    String id = frame.nextId();
    var tags = tags(execution().branch(), "local", frame.id());
    var param = Values.encode(new Named(name, Call.VERSION), "the name of step " + id);
    return new Step(StepKind.RUN, id, name, deadline(options.timeout()), param, tags);
  }

  /** What is stored of a local step: its arguments are known again at the replay. */
  private record Named(String func, int version) {}

  /** The system's tags win over the user's. */
  private Map<String, String> tags(String branch, String scope, String parent) {
    var tags = new LinkedHashMap<>(options.tags());
    tags.put(Tags.SCOPE, scope);
    tags.put(Tags.BRANCH, branch);
    tags.put(Tags.PARENT, parent);
    tags.put(Tags.ORIGIN, execution().origin());
    return tags;
  }

  private void addTarget(Map<String, String> tags) {
    tags.put(Tags.TARGET, execution().target(options));
    if (options.delay().isPositive()) {
      long notBefore = execution().clock().millis() + options.delay().toMillis();
      tags.put(Tags.DELAY, Long.toString(notBefore));
    }
  }

  private long deadline(Duration timeout) {
    return Math.min(execution().clock().millis() + timeout.toMillis(), frame.timeoutAt());
  }

  private Attempts.Body registered(String function, @Nullable Object[] arguments) {
    var found = execution().find(function);
    return inner -> found.body().apply(contextOf(inner), found.converted(arguments));
  }

  private static Context contextOf(Frame inner) {
    return new StepContext(inner, Options.defaults());
  }

  private static @Nullable Object nothing(Functions.P0 step) throws Exception {
    step.apply();
    return null;
  }

  private Execution execution() {
    return frame.execution();
  }
}
