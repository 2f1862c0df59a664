package dev.baton.server.simulation;

import dev.baton.core.Promise;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.server.dispatch.Push;
import dev.baton.server.simulation.Plan.Member;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** One history, from a plan. */
final class World {

  /** When histories begin; anything but zero. */
  private static final long BEGIN_MS = 1_000_000;

  /** How long after the last misfortune everything must be done. */
  private static final long PATIENCE_MS = 620_000;

  private static final int RESTART_MS = 3_000;
  private static final int HEAL_STEP_MS = 500;
  private static final int EVENTS_MOST = 400_000;

  final Plan plan;
  final Wiring wiring;
  final Store store;
  final Timeline timeline = new Timeline();
  final Trace trace;
  final Ledger ledger = new Ledger();
  final Deliveries deliveries;
  final Leases leases = new Leases(timeline::now);
  final SimulatedServer server;
  private final Dice dice;
  private final Map<String, SimulatedProcess> processes = new LinkedHashMap<>();
  private final Set<Member> drained = new LinkedHashSet<>();
  private boolean isHealed;

  World(Plan plan, Wiring wiring, Store store, boolean traced) {
    this.plan = plan;
    this.wiring = wiring;
    this.store = store;
    this.trace = new Trace(traced, timeline);
    this.dice = new Dice(plan.seed(), "world");
    this.deliveries = new Deliveries(plan.setting(), ledger.truth, timeline);
    this.server = new SimulatedServer(this, plan.setting(), new Dice(plan.seed(), "server"));
    for (Member member : plan.members()) {
      processes.put(member.pid(), new SimulatedProcess(this, member));
    }
  }

  /**
   * Lets it happen.
   *
   * @return how many events it had
   * @throws Violation if something does not hold
   */
  long run() {
    timeline.at(BEGIN_MS, server::start);
    for (Plan.Stimulus stimulus : plan.stimuli()) {
      timeline.at(
          BEGIN_MS + stimulus.at(),
          () -> {
            trace.add(() -> "* " + stimulus.act());
            perform(stimulus.act());
          });
    }
    advance(BEGIN_MS + plan.endsAt());
    heal();
    end();
    return timeline.count();
  }

  private void advance(long until) {
    while (timeline.advance(until)) {
      Ledger.check(timeline.count() < EVENTS_MOST, "a history ends", "%d events", EVENTS_MOST);
    }
  }

  // Misfortune and its end.

  boolean isHealed() {
    return isHealed;
  }

  boolean isMishap(Dice whose, int perMille) {
    return !isHealed && whose.chance(perMille);
  }

  private void heal() {
    trace.add(() -> "* all misfortune ends");
    isHealed = true;
    server.failDisk(0);
    server.freeDisk();
    long readAt = server.readsAt();
    timeline.at(readAt, () -> {});
    advance(readAt);
    processes.values().forEach(this::heal);
    advance(timeline.now() + 2 * RESTART_MS);
    long limit = timeline.now() + PATIENCE_MS;
    while (!isDone() || processes.values().stream().anyMatch(process -> !process.isAlive)) {
      if (timeline.now() >= limit) {
        throw unfinished();
      }
      if (server.isUp()) {
        help();
      }
      long until = timeline.now() + HEAL_STEP_MS;
      timeline.at(until, () -> {});
      advance(until);
    }
  }

  /** Whoever is away comes back; those stuck by their own rules begin anew. */
  private void heal(SimulatedProcess process) {
    Member member = process.member;
    process.recover();
    if (process.isAlive
        && !process.isDraining
        && member.ttlMs() < 100_000
        && !member.heartbeatsForAll()) {
      if (member.functions() != null) {
        process.drop(); // It comes back with more.
      }
      return;
    }
    process.kill(false);
    timeline.in(RESTART_MS, () -> restart(process));
  }

  private void restart(SimulatedProcess process) {
    if (server.isUp()) {
      server.operate("gone", process.member.group(), process.member.pid(), false, null);
      process.start();
    } else {
      timeline.in(RESTART_MS, () -> restart(process));
    }
  }

  private void help() {
    SimulatedProcess client = client();
    for (Promise promise : ledger.truth.promises.values()) {
      if (promise.isPending() && promise.target() == null && !promise.isTimer()) {
        settle(client, promise.id(), PromiseRecord.State.RESOLVED);
      }
    }
    for (Task task : ledger.truth.tasks.values()) {
      if (task.state() instanceof TaskState.Halted) {
        client.ask(new TaskRequest.Continue(task.id()), _ -> {});
      }
    }
    for (String schedule : ledger.truth.schedules.keySet()) {
      client.ask(new ScheduleRequest.Delete(schedule), _ -> {});
    }
    for (Member member : drained) {
      server.operate("resume", member.group(), member.pid(), false, null);
      server.operate("resume", member.group(), member.address(), true, null);
    }
  }

  private boolean isDone() {
    return server.isUp()
        && ledger.truth.schedules.isEmpty()
        && ledger.truth.listeners.isEmpty()
        && ledger.truth.promises.values().stream().noneMatch(Promise::isPending);
  }

  private Violation unfinished() {
    Disk truth = ledger.truth;
    List<String> pending =
        truth.promises.values().stream()
            .filter(Promise::isPending)
            .map(promise -> promise + " " + truth.tasks.get(promise.id()))
            .toList();
    if (!pending.isEmpty()) {
      return new Violation(
          "every pending promise with a live worker gets settled", String.join("; ", pending));
    }
    return truth.listeners.isEmpty()
        ? new Violation("a server comes back and does as it is told", "after " + PATIENCE_MS)
        : new Violation("every listener is told", truth.listeners.toString());
  }

  /** When all have left, the server must have forgotten them. */
  private void end() {
    trace.add(() -> "* everybody leaves");
    processes.values().forEach(process -> process.kill(false));
    advance(timeline.now() + 120_000);
    List<String> left =
        server.groups().stream().filter(group -> !deliveries.isKnown(group)).toList();
    Ledger.check(left.isEmpty(), "groups without workers and tasks are forgotten", "%s", left);
    server.stop();
  }

  /** Whether the holder of a task knows that it holds it. */
  boolean isKnown(Task held) {
    return held.state() instanceof TaskState.Acquired lease
        && processes.get(lease.pid()) instanceof SimulatedProcess holder
        && holder.isAlive
        && holder.executes(held.id(), held.version());
  }

  // Acts.

  private SimulatedProcess process(String pid) {
    return Objects.requireNonNull(processes.get(pid), pid);
  }

  private SimulatedProcess client() {
    return processes.values().iterator().next();
  }

  private void perform(Act act) {
    switch (act) {
      case Act.Invoke(String client, String id, String program, String target, long timeoutMs) ->
          invoke(process(client), create(id, program, target, timeoutMs));
      case Act.Run(String worker, String id, String program, String target, long timeoutMs) -> {
        SimulatedProcess runner = process(worker);
        if (runner.isAlive) {
          var request =
              new TaskRequest.Create(
                  worker, runner.member.ttlMs(), create(id, program, target, timeoutMs));
          runner.ask(
              request,
              response -> {
                if (response.body() instanceof Response.Acquired acquired) {
                  runner.execute(acquired);
                }
              });
        }
      }
      case Act.Settle(String client, String id, PromiseRecord.State as) ->
          settle(process(client), id, as);
      case Act.Look(String client, String id) -> look(process(client), id);
      case Act.Listen(String client, String id, String address) ->
          process(client).ask(new PromiseRequest.RegisterListener(id, address), _ -> {});
      case Act.Await(String client, String awaited, String awaiter) -> {
        if (!awaited.equals(awaiter)) {
          process(client).ask(new PromiseRequest.RegisterCallback(awaited, awaiter), _ -> {});
        }
      }
      case Act.Halt(String client, String id) ->
          process(client).ask(new TaskRequest.Halt(id), _ -> {});
      case Act.Continue(String client, String id) ->
          process(client).ask(new TaskRequest.Continue(id), _ -> {});
      case Act.Plan(
              String client,
              String id,
              String cron,
              String program,
              String target,
              Map<String, String> policy) -> {
        Map<String, String> tags = new LinkedHashMap<>(policy);
        tags.put(Tags.TARGET, target);
        process(client)
            .ask(
                new ScheduleRequest.Create(
                    id, cron, Occurrences.ID_TEMPLATE, 3_600_000, Value.ofData(program), tags),
                _ -> {});
      }
      case Act.Unplan(String client, String id) ->
          process(client).ask(new ScheduleRequest.Delete(id), _ -> {});
      case Act.Start(String pid) -> process(pid).start();
      case Act.Kill(String pid) -> process(pid).kill(false);
      case Act.Vanish(String pid) -> process(pid).kill(true);
      case Act.Stop(String pid) -> process(pid).stop();
      case Act.Drop(String pid) -> process(pid).drop();
      case Act.Cut(String pid, long ms) -> process(pid).cut(ms);
      case Act.Freeze(String pid, long ms) -> process(pid).freeze(ms);
      case Act.Choke(String pid, long ms) -> process(pid).choke(ms);
      case Act.Operate(String action, String pid, boolean byAddress) -> {
        Member member = process(pid).member;
        drained.add(member);
        String worker = byAddress ? member.address() : pid;
        server.operate(action, member.group(), worker, byAddress, null);
      }
      case Act.Slots(String group, Integer slots) -> server.slots(group, slots);
      case Act.CrashServer(var point, long downMs, long skewMs) ->
          server.crash(point, downMs, skewMs);
      case Act.PauseServer(long ms) -> server.pause(ms);
      case Act.SetClock(long byMs) -> server.setClock(byMs);
      case Act.FailDisk(int transactions) -> server.failDisk(transactions);
      case Act.FillDisk(long ms) -> server.fillDisk(ms);
    }
  }

  private PromiseRequest.Create create(String id, String program, String target, long timeoutMs) {
    Map<String, String> tags = new LinkedHashMap<>(); // Told in this order, whatever the JVM.
    tags.put(Tags.TARGET, target);
    tags.put(Tags.BRANCH, id);
    return new PromiseRequest.Create(id, server.clock() + timeoutMs, Value.ofData(program), tags);
  }

  private static void invoke(SimulatedProcess client, PromiseRequest.Create create) {
    client.ask(
        create,
        _ -> {
          String address = "poll://uni@clients/" + client.member.pid();
          client.ask(new PromiseRequest.RegisterListener(create.id(), address), _ -> {});
        });
  }

  private static void settle(SimulatedProcess client, String id, PromiseRecord.State as) {
    client.ask(
        new PromiseRequest.Settle(id, as, Value.ofData("by " + client.member.pid())), _ -> {});
  }

  /** Somebody settles what no worker will. */
  void settleSomewhen(String id) {
    SimulatedProcess client = client();
    client.later(
        client.dice.between(1, 5_000), () -> settle(client, id, PromiseRecord.State.RESOLVED));
  }

  private static void look(SimulatedProcess client, String id) {
    client.ask(new PromiseRequest.Get(id), _ -> {});
    client.ask(new TaskRequest.Get(id), _ -> {});
    client.ask(new PromiseRequest.Search(null, Map.of(Tags.BRANCH, id), 3L, null), _ -> {});
    client.ask(new TaskRequest.Search(null, 2L, id), _ -> {});
    client.ask(new PromiseRequest.Search(null, null, 12L, null), _ -> {});
  }

  /** Posts a message to an http target. */
  void post(String url, Message message, Push.Outcome outcome) {
    String pid = url.substring("http://".length(), url.indexOf('/', "http://".length()));
    SimulatedProcess target = processes.get(pid);
    timeline.in(
        dice.between(1, plan.setting().latencyMost()),
        () -> {
          boolean arrives = target != null && target.isAlive && !target.isCut();
          if (target != null && arrives) {
            target.whenAwake(() -> target.receive(message));
          }
          timeline.in(
              arrives ? 1 : 1_000, () -> outcome.accept(arrives ? null : "it cannot be reached"));
        });
  }
}
