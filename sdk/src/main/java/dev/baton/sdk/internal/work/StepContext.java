package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import dev.baton.sdk.Context;
import dev.baton.sdk.DurablePromise;
import dev.baton.sdk.Functions;
import dev.baton.sdk.GenericType;
import dev.baton.sdk.Options;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.internal.Current;
import dev.baton.sdk.internal.function.DurableFunction;
import dev.baton.sdk.internal.function.Interfaces;
import dev.baton.sdk.internal.function.StepTypes;
import dev.baton.sdk.internal.value.Call;
import dev.baton.sdk.internal.value.Outcomes;
import dev.baton.sdk.internal.value.Values;
import dev.baton.sdk.internal.wire.Times;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
  public boolean isCancelled() {
    return execution().isAborted();
  }

  @Override
  public Context with(Options options) {
    return new StepContext(frame, options);
  }

  // Steps.

  @Override
  public <T> T step(String name, Functions.F0<T> step) {
    return runHere(name, null, StepTypes.resultOf(name, step), leaf(step));
  }

  @Override
  public <T> T step(String name, Class<T> type, Functions.F0<T> step) {
    return runHere(name, null, type, leaf(step));
  }

  @Override
  public <T> T step(String name, GenericType<T> type, Functions.F0<T> step) {
    return runHere(name, null, type.type(), leaf(step));
  }

  @Override
  public void effect(String name, Functions.P0 step) {
    this.<Void>runHere(name, null, Void.class, leaf(step));
  }

  @Override
  public <T> T steps(String name, Class<T> type, Functions.F1<Context, T> step) {
    return runHere(name, null, type, nested(step));
  }

  @Override
  public <T> T steps(String name, GenericType<T> type, Functions.F1<Context, T> step) {
    return runHere(name, null, type.type(), nested(step));
  }

  @Override
  public <T> DurablePromise<T> beginStep(String name, Functions.F0<T> step) {
    return beginHere(name, null, StepTypes.resultOf(name, step), leaf(step));
  }

  @Override
  public <T> DurablePromise<T> beginStep(String name, Class<T> type, Functions.F0<T> step) {
    return beginHere(name, null, type, leaf(step));
  }

  @Override
  public <T> DurablePromise<T> beginStep(String name, GenericType<T> type, Functions.F0<T> step) {
    return beginHere(name, null, type.type(), leaf(step));
  }

  @Override
  public DurablePromise<Void> beginEffect(String name, Functions.P0 step) {
    return beginHere(name, null, Void.class, leaf(step));
  }

  @Override
  public <T> DurablePromise<T> beginSteps(
      String name, Class<T> type, Functions.F1<Context, T> step) {
    return beginHere(name, null, type, nested(step));
  }

  @Override
  public <T> DurablePromise<T> beginSteps(
      String name, GenericType<T> type, Functions.F1<Context, T> step) {
    return beginHere(name, null, type.type(), nested(step));
  }

  // Calls of registered functions here.

  @Override
  public <T> T call(String function, Class<T> type, @Nullable Object... arguments) {
    return callHere(function, type, arguments);
  }

  @Override
  public <T> T call(String function, GenericType<T> type, @Nullable Object... arguments) {
    return callHere(function, type.type(), arguments);
  }

  @Override
  public <T> DurablePromise<T> beginCall(
      String function, Class<T> type, @Nullable Object... arguments) {
    return beginCallHere(function, type, arguments);
  }

  @Override
  public <T> DurablePromise<T> beginCall(
      String function, GenericType<T> type, @Nullable Object... arguments) {
    return beginCallHere(function, type.type(), arguments);
  }

  @Override
  public <F> F call(Class<F> functions) {
    return Interfaces.calling(
        functions, called -> callHere(called.name(), called.result(), called.arguments()));
  }

  @Override
  public <F, T> DurablePromise<T> beginCall(Class<F> functions, Functions.F1<F, T> call) {
    var called = Interfaces.recorded(functions, call);
    return beginCallHere(called.name(), called.result(), called.arguments());
  }

  private <T> T callHere(String function, Type type, @Nullable Object[] arguments) {
    var found = execution().find(function, options.version());
    var json = Call.arguments(values(), function, arguments);
    return runHere(function, json, type, registered(found, json));
  }

  private <T> DurablePromise<T> beginCallHere(
      String function, Type type, @Nullable Object[] arguments) {
    var found = execution().find(function, options.version());
    var json = Call.arguments(values(), function, arguments);
    return beginHere(function, json, type, registered(found, json));
  }

  // Calls of registered functions anywhere.

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
  public <F> F rpc(Class<F> functions) {
    return Interfaces.calling(
        functions,
        called -> beginThere(called.name(), called.result(), called.arguments()).result());
  }

  @Override
  public <F, T> DurablePromise<T> beginRpc(Class<F> functions, Functions.F1<F, T> call) {
    var called = Interfaces.recorded(functions, call);
    return beginThere(called.name(), called.result(), called.arguments());
  }

  @Override
  public <T> DurablePromise<T> byReference(
      boolean there, Functions.Shape function, @Nullable Object... arguments) {
    var reference = execution().registry().named(function);
    return there
        ? beginThere(reference.name(), reference.result(), arguments)
        : beginCallHere(reference.name(), reference.result(), arguments);
  }

  private <T> DurablePromise<T> beginThere(
      String function, Type type, @Nullable Object[] arguments) {
    String id = frame.nextId();
    var tags = tags(id, "global", frame.id());
    String target = addTarget(tags);
    var param = Call.encode(values(), function, arguments, options);
    var step = new Step(StepKind.RPC, id, function, deadline(options.timeout()), param, tags);
    execution().call(step, target);
    return frame.attach(new StepPromise<>(frame, id, function, type, true));
  }

  @Override
  public String detached(String function, @Nullable Object... arguments) {
    String id = Ids.detached(execution().origin(), frame.nextId());
    var tags = tags(id, "global", execution().origin());
    String target = addTarget(tags);
    long timeoutAt = Times.after(execution().clock().millis(), options.timeout());
    var param = Call.encode(values(), function, arguments, options);
    var step = new Step(StepKind.RPC, id, function, timeoutAt, param, tags);
    execution().call(step, target);
    return id;
  }

  // Time, chance and others.

  @Override
  public Instant now() {
    return step("now", Instant.class, () -> execution().clock().instant());
  }

  @Override
  public void sleep(Duration duration) {
    timer(duration).result();
  }

  @Override
  public DurablePromise<Void> beginSleep(Duration duration) {
    return timer(duration);
  }

  private StepPromise<Void> timer(Duration duration) {
    String id = frame.nextId();
    // On the function's own branch, so that a replay finds it in the preload.
    var tags = tags(execution().branch(), "global", frame.id());
    tags.put(Tags.TIMER, "true");
    var step = new Step(StepKind.SLEEP, id, "", deadline(duration), Value.EMPTY, tags);
    execution().create(step);
    return new StepPromise<>(frame, id, "", Void.class, true);
  }

  @Override
  public int version(String change, int oldest, int newest) {
    if (oldest < 1 || newest < oldest) {
      throw new IllegalArgumentException(
          "versions %d to %d of change '%s' are none".formatted(oldest, newest, change));
    }
    frame.checkUse();
    String id = Ids.version(frame.prefix(), Ids.name("a change", change));
    var stored = execution().journal().seek(id);
    if (stored == null) {
      // Code that did not ask may have gone on from here.
      int now = frame.hasGoneOn() ? Call.VERSION : newest;
      stored = execution().journal().create(marker(id, change, now).request());
    }
    int version = values().tree(stored.param(), "the param of " + id).path("version").asInt();
    if (version < oldest || version > newest) {
      throw new Aborts.NotDeterministic(
          "%s went on with version %d of change '%s', and this code has %d to %d"
              .formatted(frame.id(), version, change, oldest, newest));
    }
    if (!stored.isSettled()) {
      var value = values().encode(version, "version of " + change);
      execution().journal().settle(id, PromiseRecord.State.RESOLVED, value);
    }
    return version;
  }

  private Step marker(String id, String change, int version) {
    var tags = tags(execution().branch(), "local", frame.id());
    var param = values().data(new Named(change, version));
    return new Step(StepKind.RUN, id, change, frame.timeoutAt(), param, tags);
  }

  @Override
  public <T> DurablePromise<T> promise(
      String name, Class<T> type, @Nullable Object data, Duration timeout) {
    return external(name, type, data, timeout);
  }

  @Override
  public <T> DurablePromise<T> promise(
      String name, GenericType<T> type, @Nullable Object data, Duration timeout) {
    return external(name, type.type(), data, timeout);
  }

  private <T> DurablePromise<T> external(
      String name, Type type, @Nullable Object data, Duration timeout) {
    frame.checkUse();
    String id = Ids.promise(frame.id(), Ids.name("a promise", name));
    var tags = tags(execution().branch(), "global", frame.id());
    tags.put(Ids.NAME_TAG, name);
    var param = values().encode(data, "what is said with promise " + name);
    long timeoutAt = deadline(Times.positive("timeout", timeout));
    var step = new Step(StepKind.PROMISE, id, name, timeoutAt, param, tags);
    // What is said with it may differ: only whoever settles it reads that.
    execution().journal().create(step.request());
    return new StepPromise<>(frame, id, name, type, true);
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

  // Several at once.

  @Override
  public int select(List<? extends DurablePromise<?>> promises) {
    if (promises.isEmpty()) {
      throw new IllegalArgumentException("there is no promise to wait for");
    }
    var own = new ArrayList<StepPromise<?>>();
    for (var promise : promises) {
      own.add(own(promise));
    }
    var step = here("select", null);
    var promise = execution().create(step);
    if (!promise.isSettled()) {
      var first = execution().strands().await(own.stream().map(StepPromise::awaited).toList()).id();
      int place = own.stream().map(StepPromise::id).toList().indexOf(first);
      promise =
          execution()
              .journal()
              .settle(
                  step.id(),
                  PromiseRecord.State.RESOLVED,
                  values().encode(place, "the winner of " + step.id()));
    }
    return Outcomes.<Integer>of(values(), promise, Integer.class);
  }

  private StepPromise<?> own(DurablePromise<?> promise) {
    if (promise instanceof StepPromise<?> it && it.frame().execution() == execution()) {
      return it;
    }
    throw new IllegalArgumentException(promise.id() + " was not begun by this function");
  }

  @Override
  public <T> T any(List<DurablePromise<T>> promises) {
    var left = new ArrayList<>(promises);
    while (true) {
      var settled = left.remove(select(left));
      try {
        return settled.result();
      } catch (ResonateException e) {
        if (left.isEmpty()) {
          throw e;
        }
      }
    }
  }

  // How.

  private <T> T runHere(
      String name, @Nullable List<byte[]> arguments, Type type, Attempts.Body body) {
    var step = here(name, arguments);
    var promise = execution().create(step);
    tell(step, body.code());
    return Outcomes.of(
        values(), promise.isSettled() ? promise : perform(subject(step, promise, body)), type);
  }

  /** While it lasts, the function that waits for it makes no steps. */
  private PromiseRecord perform(Attempts.Subject step) {
    frame.enter(step.said());
    try {
      return execution().perform(step);
    } finally {
      frame.leave();
    }
  }

  private <T> DurablePromise<T> beginHere(
      String name, @Nullable List<byte[]> arguments, Type type, Attempts.Body body) {
    var step = here(name, arguments);
    var promise = execution().create(step);
    tell(step, body.code());
    if (!promise.isSettled()) {
      execution().begin(subject(step, promise, body));
    }
    return frame.attach(new StepPromise<>(frame, step.id(), name, type, false));
  }

  private Attempts.Subject subject(Step step, PromiseRecord promise, Attempts.Body body) {
    return new Attempts.Subject(
        step.id(),
        step.name(),
        "step %s '%s' of call %s".formatted(step.id(), step.name(), execution().id()),
        promise.timeoutAt(),
        options.retry(),
        seen(step, body));
  }

  private Attempts.Body seen(Step step, Attempts.Body body) {
    return new Attempts.Body() {
      @Override
      public @Nullable Object run(Frame inner) throws Exception {
        return execution().step(step, inner, body);
      }

      @Override
      public boolean makesSteps() {
        return body.makesSteps();
      }
    };
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

  /** Gives the target. */
  private String addTarget(Map<String, String> tags) {
    String target = execution().target(options);
    tags.put(Tags.TARGET, target);
    if (options.delay().isPositive()) {
      long notBefore = Times.after(execution().clock().millis(), options.delay());
      tags.put(Tags.DELAY, Long.toString(notBefore));
    }
    return target;
  }

  private long deadline(Duration timeout) {
    return Math.min(Times.after(execution().clock().millis(), timeout), frame.timeoutAt());
  }

  private Attempts.Body registered(DurableFunction function, List<byte[]> arguments) {
    return inner ->
        Current.run(contextOf(inner), function.body(), function.arguments(values(), arguments));
  }

  private static Attempts.Body nested(Functions.F1<Context, ?> step) {
    return new Code(
        step,
        inner ->
            Current.run(
                contextOf(inner), (context, none) -> step.apply(context), new @Nullable Object[0]),
        true);
  }

  private static Attempts.Body leaf(Functions.F0<?> step) {
    return new Code(step, inner -> step.apply(), false);
  }

  private static Attempts.Body leaf(Functions.P0 step) {
    return new Code(
        step,
        inner -> {
          step.apply();
          return null;
        },
        false);
  }

  /** Code that the function gives. */
  private record Code(Functions.Shape code, Attempts.Body body, boolean makesSteps)
      implements Attempts.Body {
    @Override
    public @Nullable Object run(Frame frame) throws Exception {
      return body.run(frame);
    }
  }

  private void tell(Step step, Functions.@Nullable Shape code) {
    if (code != null) {
      execution().probe().made(step.name(), step.id(), code);
    }
  }

  private static Context contextOf(Frame inner) {
    return new StepContext(inner, Options.defaults());
  }

  private Values values() {
    return execution().values();
  }

  private Execution execution() {
    return frame.execution();
  }
}
