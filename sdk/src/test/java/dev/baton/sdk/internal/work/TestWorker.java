package dev.baton.sdk.internal.work;

import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import dev.baton.sdk.Functions;
import dev.baton.sdk.RetryPolicy;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.PromiseClient;
import dev.baton.sdk.internal.function.Registry;
import dev.baton.sdk.internal.value.Call;
import dev.baton.sdk.internal.watch.WatchHandle;
import dev.baton.sdk.internal.watch.Watches;
import dev.baton.sdk.internal.wire.Bodies;
import dev.baton.sdk.internal.wire.Requests;
import dev.baton.sdk.internal.wire.Targets;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

/** A worker at the rules, without a connection. */
final class TestWorker {

  final Registry registry = new Registry();
  final Worker worker;
  final LeaseKeeper leases;
  final Watches watches;
  private final RulesServer server;
  private final Requests requests;
  private final Consumer<Message> ear = this::hear;

  TestWorker(RulesServer server, String pid, int slots) {
    this.server = server;
    this.requests = new Requests(server);
    var settings =
        Settings.defaults()
            .withGroup("workers")
            .withPid(pid)
            .withSlots(slots)
            .withLeaseTtl(Duration.ofSeconds(60));
    this.watches = new Watches(requests, () -> "poll://uni@workers/" + pid, server);
    this.worker =
        new Worker(
            settings,
            requests,
            new Execution.Process("workers", pid, registry, watches, new Memories(), server));
    this.leases = new LeaseKeeper(pid, requests, worker::executions);
    server.listen(ear);
  }

  <R> TestWorker knowing(String name, Functions.F0<R> function) {
    registry.register(name, function);
    return this;
  }

  <A, R> TestWorker knowing(String name, Functions.F1<A, R> function) {
    registry.register(name, function);
    return this;
  }

  <A, B, R> TestWorker knowing(String name, Functions.F2<A, B, R> function) {
    registry.register(name, function);
    return this;
  }

  private void hear(Message message) {
    switch (message) {
      case Message.Execute offer -> worker.offered(offer);
      case Message.Unblock(var promise) -> watches.settled(promise);
    }
  }

  /** Hears nothing any more, as if its connection were broken. */
  void cut() {
    server.ignore(ear);
  }

  void reconnect() {
    server.listen(ear);
  }

  void call(String id, String function, RetryPolicy retry, Object... arguments) {
    create(id, Call.encode(function, arguments, retry), Duration.ofHours(1));
  }

  void call(String id, String function, Object... arguments) {
    call(id, function, RetryPolicy.never(), arguments);
  }

  void create(String id, Value param, Duration timeout) {
    var tags =
        Map.of(
            Tags.TARGET,
            Targets.anyOf("workers"),
            Tags.ORIGIN,
            id,
            Tags.BRANCH,
            id,
            Tags.SCOPE,
            "global");
    var request = new PromiseRequest.Create(id, server.millis() + timeout.toMillis(), param, tags);
    Bodies.promise(request, requests.send(request, Duration.ofSeconds(1)));
  }

  <T> T result(String id, Type type) {
    return new WatchHandle<T>(watches.of(id), type, Duration.ofSeconds(1))
        .result(Duration.ofSeconds(10));
  }

  PromiseClient promises() {
    return new PromiseClient(requests, Settings.defaults(), server);
  }
}
