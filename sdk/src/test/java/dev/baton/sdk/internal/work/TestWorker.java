package dev.baton.sdk.internal.work;

import static org.awaitility.Awaitility.await;

import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import dev.baton.sdk.Functions;
import dev.baton.sdk.Interceptor;
import dev.baton.sdk.JacksonCodec;
import dev.baton.sdk.Options;
import dev.baton.sdk.ReplayMismatch;
import dev.baton.sdk.RetryPolicy;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.PromiseClient;
import dev.baton.sdk.internal.function.Registry;
import dev.baton.sdk.internal.intercept.Interceptors;
import dev.baton.sdk.internal.time.Time;
import dev.baton.sdk.internal.value.Call;
import dev.baton.sdk.internal.value.Outcomes;
import dev.baton.sdk.internal.value.Values;
import dev.baton.sdk.internal.watch.Watches;
import dev.baton.sdk.internal.wire.Bodies;
import dev.baton.sdk.internal.wire.Cancellation;
import dev.baton.sdk.internal.wire.Control;
import dev.baton.sdk.internal.wire.Identity;
import dev.baton.sdk.internal.wire.Requests;
import dev.baton.sdk.internal.wire.Targets;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A worker at the rules, without a connection. */
final class TestWorker {

  final Values values = new Values(JacksonCodec.lossless());
  final Registry registry = new Registry();
  final Worker worker;
  final LeaseKeeper leases;
  final Watches watches;
  private final RulesServer server;
  private final Requests requests;
  private final Consumer<Message> ear = this::hear;

  TestWorker(RulesServer server, String pid, int slots) {
    this(server, pid, slots, ReplayMismatch.HOLD);
  }

  TestWorker(RulesServer server, String pid, int slots, ReplayMismatch mismatch) {
    this(server, pid, slots, mismatch, Duration.ofSeconds(60));
  }

  TestWorker(
      RulesServer server, String pid, int slots, ReplayMismatch mismatch, Duration leaseTtl) {
    this(server, pid, slots, mismatch, leaseTtl, List.of());
  }

  TestWorker(RulesServer server, String pid, List<Interceptor> interceptors) {
    this(server, pid, 0, ReplayMismatch.HOLD, Duration.ofSeconds(60), interceptors);
  }

  private TestWorker(
      RulesServer server,
      String pid,
      int slots,
      ReplayMismatch mismatch,
      Duration leaseTtl,
      List<Interceptor> interceptors) {
    this.server = server;
    this.requests = new Requests(server, Time.system());
    var settings =
        Settings.defaults()
            .withGroup("workers")
            .withPid(pid)
            .withSlots(slots)
            .withLeaseTtl(leaseTtl);
    this.watches =
        new Watches(
            requests,
            () -> "poll://uni@workers/" + pid,
            Time.of(server),
            Thread::startVirtualThread);
    this.worker =
        new Worker(
            settings,
            new Identity(settings.url(), "workers", pid),
            requests,
            new Execution.Process(
                "workers",
                registry,
                values,
                watches,
                new Memories(),
                new Refusals(System::nanoTime),
                Control.ofThreads(),
                new Cancellation(requests, Duration.ofSeconds(5)),
                Thread.ofVirtual().factory(),
                mismatch,
                new Interceptors(interceptors),
                Time.of(server),
                Probe.NONE));
    this.leases = new LeaseKeeper(settings.leaseTtl(), requests, worker::executions);
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
      case Message.Settled settled -> worker.settled(settled);
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
    create(
        id,
        Call.encode(values, function, arguments, Options.defaults().retry(retry)),
        Duration.ofHours(1));
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

  /** Looks at the server itself, because this worker may be cut off. */
  <T> T result(String id, Type type) {
    await().until(() -> server.promise(id).isSettled());
    return Outcomes.of(values, server.promise(id), type);
  }

  PromiseClient promises() {
    return new PromiseClient(requests, values, Settings.defaults(), server);
  }
}
