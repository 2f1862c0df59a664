package dev.baton.sdk.internal;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.sdk.Caller;
import dev.baton.sdk.Functions;
import dev.baton.sdk.GenericType;
import dev.baton.sdk.Handle;
import dev.baton.sdk.Options;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.function.Interfaces;
import dev.baton.sdk.internal.function.Registry;
import dev.baton.sdk.internal.intercept.Interceptors;
import dev.baton.sdk.internal.intercept.OutgoingCall;
import dev.baton.sdk.internal.value.Call;
import dev.baton.sdk.internal.watch.Watches;
import dev.baton.sdk.internal.wire.Bodies;
import dev.baton.sdk.internal.wire.Requests;
import dev.baton.sdk.internal.wire.Targets;
import dev.baton.sdk.internal.wire.Times;
import dev.baton.sdk.internal.work.Ids;
import dev.baton.sdk.internal.work.Worker;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Root calls (protocol section 20). */
record EngineCaller(
    Engine engine,
    Requests requests,
    Watches watches,
    Worker worker,
    Registry registry,
    Interceptors interceptors,
    Options options)
    implements Caller {

  @Override
  public <T> Handle<T> beginRpc(
      String id, String function, Class<T> type, @Nullable Object... arguments) {
    return there(id, function, type, arguments);
  }

  @Override
  public <T> Handle<T> beginRpc(
      String id, String function, GenericType<T> type, @Nullable Object... arguments) {
    return there(id, function, type.type(), arguments);
  }

  @Override
  public <T> Handle<T> beginRun(
      String id, String function, Class<T> type, @Nullable Object... arguments) {
    return here(id, function, type, arguments);
  }

  @Override
  public <T> Handle<T> beginRun(
      String id, String function, GenericType<T> type, @Nullable Object... arguments) {
    return here(id, function, type.type(), arguments);
  }

  @Override
  public <T> Handle<T> byReference(
      String id, Functions.Shape function, @Nullable Object... arguments) {
    var reference = registry.named(function);
    return there(id, reference.name(), reference.result(), arguments);
  }

  /** A call of a function of an interface. */
  <T> Handle<T> begin(String id, Interfaces.Called called) {
    return there(id, called.name(), called.result(), called.arguments());
  }

  private <T> Handle<T> there(String id, String function, Type type, @Nullable Object[] arguments) {
    String target =
        options.target() == null ? Targets.anyOf(settings().group()) : Targets.of(options.target());
    var request = request(id, function, arguments, target);
    return interceptors.call(
        new OutgoingCall(id, function, target, null),
        headers -> created(with(headers, request), type));
  }

  private <T> Handle<T> here(String id, String function, Type type, @Nullable Object[] arguments) {
    if (registry.find(function, options.version()) == null) {
      throw new IllegalArgumentException(function + " is not registered in this process");
    }
    String target = Targets.preferring(settings().group(), engine.identity().pid());
    var request = request(id, function, arguments, target);
    return interceptors.call(
        new OutgoingCall(id, function, target, null),
        headers -> here(with(headers, request), type));
  }

  private <T> Handle<T> here(PromiseRequest.Create request, Type type) {
    boolean now = !options.delay().isPositive() && engine.isStarted();
    if (!now || !worker.reserve()) {
      return created(request, type);
    }
    boolean begun = false;
    try {
      begun = take(request);
    } finally {
      if (!begun) {
        worker.unreserve();
      }
    }
    return handle(request.id(), type);
  }

  /** Whether this process has taken the new task, or a free one of that id. */
  private boolean take(PromiseRequest.Create create) {
    String pid = engine.identity().pid();
    var request = new TaskRequest.Create(pid, Times.millis(settings().leaseTtl()), create);
    long sentAt = System.nanoTime();
    var answer = requests.send(request, requests.until(settings().requestTimeout()));
    if (answer.response().status() == 409) {
      worker.releaseIfTaken(create.id(), pid, answer);
      return false;
    }
    return switch (Requests.body(request, answer.response())) {
      case Response.Acquired acquired when acquired.task().state() == TaskRecord.State.ACQUIRED -> {
        worker.begin(acquired, pid, sentAt);
        yield true;
      }
      case Response.Acquired acquired -> {
        watches.settled(acquired.promise());
        yield false;
      }
      case Response.Body other -> throw Bodies.unexpected(request, other);
    };
  }

  private <T> Handle<T> created(PromiseRequest.Create request, Type type) {
    var response = requests.send(request, settings().requestTimeout());
    PromiseRecord promise = Bodies.promise(request, response);
    watches.settled(promise);
    return engine.handle(request.id(), type, promise);
  }

  private static PromiseRequest.Create with(
      Map<String, String> headers, PromiseRequest.Create request) {
    return headers.isEmpty()
        ? request
        : new PromiseRequest.Create(
            request.id(),
            request.timeoutAt(),
            new Value(headers, request.param().data()),
            request.tags());
  }

  private <T> Handle<T> handle(String id, Type type) {
    return engine.handle(id, type);
  }

  private PromiseRequest.Create request(
      String id, String function, @Nullable Object[] arguments, String target) {
    Ids.root(id);
    var tags = new LinkedHashMap<>(options.tags());
    tags.put(Tags.ORIGIN, id);
    tags.put(Tags.BRANCH, id);
    tags.put(Tags.PARENT, id);
    tags.put(Tags.PREFIX, id);
    tags.put(Tags.SCOPE, "global");
    tags.put(Tags.TARGET, target);
    long now = engine.clock().millis();
    if (options.delay().isPositive()) {
      tags.put(Tags.DELAY, Long.toString(Times.after(now, options.delay())));
    }
    return new PromiseRequest.Create(
        id,
        Times.after(now, options.timeout()),
        Call.encode(engine.values(), function, arguments, options),
        tags);
  }

  private Settings settings() {
    return engine.settings();
  }
}
