package dev.baton.server.simulation;

import dev.baton.protocol.Message;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.simulation.Plan.Member;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker or a client: it holds a stream, acquires what it is offered, executes, heartbeats, and
 * asks again what has not been answered.
 */
final class SimulatedProcess {

  private static final int RECONNECT_LEAST_MS = 20;
  private static final int RECONNECT_MOST_MS = 1_500;
  private static final int DRAIN_MS = 2_000;
  private static final int RESTART_MOST_MS = 1_500;

  final World world;
  final Member member;
  final Dice dice;
  private final Map<String, Execution> executions = new LinkedHashMap<>();
  @Nullable SimulatedLink link;

  /** Counts starts and ends: what an earlier life planned does not happen. */
  int life;

  int run;
  boolean isAlive;
  boolean isDraining;
  private boolean isHeartbeating;
  private long cutUntil;
  private long frozenUntil;

  SimulatedProcess(World world, Member member) {
    this.world = world;
    this.member = member;
    this.dice = new Dice(world.plan.seed(), member.pid());
  }

  long latency() {
    return dice.between(1, world.plan.setting().latencyMost());
  }

  /** Whether nothing comes from or goes to it. */
  boolean isCut() {
    return world.timeline.now() < cutUntil;
  }

  boolean heartbeats() {
    return member.heartbeats() || world.isHealed();
  }

  /** Does something later, if this life goes on, and not while the process is frozen. */
  void later(long ms, Runnable action) {
    int mine = life;
    world.timeline.in(
        ms,
        () -> {
          if (life == mine) {
            whenAwake(action);
          }
        });
  }

  /** Does something as soon as the process is not frozen. */
  void whenAwake(Runnable action) {
    long wait = frozenUntil - world.timeline.now();
    if (wait > 0) {
      later(wait, action);
    } else {
      action.run();
    }
  }

  // Its life.

  void start() {
    if (!isAlive) {
      life++;
      run++;
      isAlive = true;
      isDraining = false;
      isHeartbeating = false;
      frozenUntil = 0;
      link = null;
      world.trace.add(() -> member.pid() + " starts, run " + run);
      if (!member.isPushed()) {
        connect();
      }
    }
  }

  private void end() {
    life++;
    isAlive = false;
    executions.clear();
  }

  /**
   * Ends without a word.
   *
   * @param quietly whether the other end of its connections does not notice for a minute
   */
  void kill(boolean quietly) {
    if (isAlive) {
      end();
      SimulatedLink last = link;
      if (last != null) {
        world.timeline.in(quietly ? 60_000 : latency(), last::breakOff);
      }
    }
  }

  /** Ends by what it does; whoever watches it starts it again. */
  void breakDown() {
    kill(false);
    world.timeline.in(dice.between(1, RESTART_MOST_MS), this::start);
  }

  /** Drains and ends. */
  void stop() {
    // Only an SDK that says which run it is knows how to drain.
    if (!isAlive || isDraining) {
      return;
    }
    isDraining = true;
    if (member.announcesRun() && !member.isPushed()) {
      String run = runName();
      later(
          latency(), () -> world.server.operate("drain", member.group(), member.pid(), false, run));
    }
    later(DRAIN_MS, () -> List.copyOf(executions.values()).forEach(Execution::giveBack));
    endWhenIdle();
  }

  String runName() {
    return member.pid() + "#" + run;
  }

  private void endWhenIdle() {
    if (executions.isEmpty()) {
      kill(false);
    } else {
      later(100, this::endWhenIdle);
    }
  }

  void cut(long ms) {
    cutUntil = Math.max(cutUntil, world.timeline.now() + ms);
    SimulatedLink cut = link;
    if (cut != null) {
      // The server notices somewhen, the process at the end.
      world.timeline.in(
          dice.between(0, (int) Math.min(ms, 100_000)),
          () -> {
            if (isCut()) {
              cut.isBroken = true;
              world.server.closed(cut);
            }
          });
      later(
          ms,
          () -> {
            if (cut.isBroken && link == cut) {
              reconnect();
            } else {
              cut.breakOff();
            }
          });
    }
  }

  void freeze(long ms) {
    frozenUntil = Math.max(frozenUntil, world.timeline.now() + ms);
  }

  void choke(long ms) {
    SimulatedLink choked = link;
    if (choked != null && !choked.isBroken) {
      choked.isWritable = false;
      world.timeline.in(ms, () -> world.server.writable(choked));
    }
  }

  /** All that befell it is over. */
  void recover() {
    cutUntil = 0;
    frozenUntil = 0;
  }

  // Its stream.

  void reconnect() {
    later(dice.between(RECONNECT_LEAST_MS, RECONNECT_MOST_MS), this::connect);
  }

  private void connect() {
    if (!isAlive || (link != null && !link.isBroken)) {
      return;
    }
    SimulatedLink fresh = new SimulatedLink(world, this);
    if (isCut() || !world.server.connect(fresh)) {
      reconnect();
    } else {
      link = fresh;
    }
  }

  void drop() {
    if (link != null) {
      link.breakOff();
    }
  }

  /** A message has come. */
  void receive(Message message) {
    if (isAlive && message instanceof Message.Settled(String id, long version)) {
      Execution settled = executions.get(id);
      if (settled != null && settled.version == version) {
        ended(settled);
      }
    }
    if (isAlive
        && message instanceof Message.Execute(_, String id, long version)
        && !member.isClient()) {
      acquire(id, version);
    }
  }

  // Its tasks.

  private void acquire(String id, long version) {
    ask(
        new TaskRequest.Acquire(id, version, member.pid(), member.ttlMs()),
        response -> {
          if (response.body() instanceof Response.Acquired acquired) {
            execute(acquired);
          }
        });
  }

  void execute(Response.Acquired acquired) {
    if (acquired.task().pid() == null) {
      return;
    }
    Execution execution = new Execution(this, acquired.task(), acquired.promise());
    executions.put(acquired.task().id(), execution);
    if (!isHeartbeating && heartbeats()) {
      isHeartbeating = true;
      planHeartbeat();
    }
    execution.start();
  }

  void ended(Execution execution) {
    executions.remove(execution.id, execution);
  }

  boolean executes(Execution execution) {
    return executions.get(execution.id) == execution;
  }

  /** Whether it works on a task at that version. */
  boolean executes(String id, long version) {
    Execution execution = executions.get(id);
    return execution != null && execution.version == version;
  }

  private void planHeartbeat() {
    later(Math.max(Math.min(member.ttlMs(), 60_000) / 2, 1), this::heartbeat);
  }

  private void heartbeat() {
    if (executions.isEmpty()) {
      isHeartbeating = false;
      return;
    }
    List<TaskRequest.TaskRef> tasks =
        member.heartbeatsForAll()
            ? List.of()
            : executions.values().stream()
                .map(execution -> new TaskRequest.TaskRef(execution.id, execution.version))
                .toList();
    new Exchange(this, new TaskRequest.Heartbeat(member.pid(), tasks), _ -> {}).sendOnce();
    planHeartbeat();
  }

  /** Asks until there is an answer. */
  void ask(Request request, Consumer<Response> then) {
    if (isAlive) {
      new Exchange(this, request, then).send();
    }
  }
}
