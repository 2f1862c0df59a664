package dev.baton.server.simulation;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A worker's work on a task, as SDKs do it. A leaf takes its time; a flow makes children, waits for
 * them by suspending, and begins again from the start whenever it is resumed.
 */
final class Execution {

  private static final int CHILD_DEPTH_MOST = 2;

  final String id;
  final long version;
  private final SimulatedProcess worker;
  private final PromiseRecord promise;
  private final Program program;
  private final List<PromiseRecord> children = new ArrayList<>();

  Execution(SimulatedProcess worker, TaskRecord task, PromiseRecord promise) {
    this.worker = worker;
    this.id = task.id();
    this.version = task.version();
    this.promise = promise;
    this.program = Program.of(Objects.requireNonNullElse(promise.param().data(), ""));
  }

  void start() {
    if (!worker.world.isHealed() && worker.dice.chance(worker.member.givesBackPerMille())) {
      giveBack();
      return;
    }
    switch (program) {
      case Program.Leaf(long ms, boolean fails) -> worker.later(duration(ms), () -> finish(fails));
      case Program.Flow(int width) -> makeChild(0, width);
      case Program.Poison(long ms) ->
          worker.later(
              duration(ms),
              () -> {
                if (worker.world.isHealed()) {
                  finish(false);
                } else if (worker.executes(this)) {
                  worker.breakDown();
                }
              });
      case Program.Unknown() -> {
        if (worker.world.isHealed()) {
          finish(false);
        } else {
          giveBack();
        }
      }
    }
  }

  private long duration(long ms) {
    return worker.world.isHealed() ? Math.min(ms, 100) : ms * worker.member.slowness();
  }

  private void finish(boolean fails) {
    if (!worker.executes(this)) {
      return;
    }
    var state = fails ? PromiseRecord.State.REJECTED : PromiseRecord.State.RESOLVED;
    var settle =
        new PromiseRequest.Settle(id, state, Value.ofData(worker.member.pid() + "/" + version));
    worker.ask(new TaskRequest.Fulfill(id, version, settle), _ -> worker.ended(this));
  }

  void giveBack() {
    if (worker.executes(this)) {
      worker.ask(new TaskRequest.Release(id, version), _ -> worker.ended(this));
    }
  }

  private void makeChild(int number, int width) {
    if (!worker.executes(this)) {
      return;
    }
    if (number == width) {
      await();
      return;
    }
    PromiseRequest.Create create = child(id + "." + number);
    if (worker.member.fences()) {
      worker.ask(
          new TaskRequest.Fence(id, version, new TaskRequest.FenceAction.Create(create)),
          response -> {
            if (response.body() instanceof Response.Fenced fenced) {
              made(fenced.action(), number, width);
            } else {
              worker.ended(this);
            }
          });
    } else {
      worker.ask(create, response -> made(response, number, width));
    }
  }

  private void made(Response response, int number, int width) {
    if (response.body() instanceof Response.OfPromise(PromiseRecord child)) {
      if (children.size() == number) {
        children.add(child);
        boolean isLocal = "local".equals(child.tags().get(Tags.SCOPE));
        if (isLocal && !child.isSettled()) {
          worker.later(1, () -> doHere(child.id(), number, width));
          return;
        }
        if (child.tags().get(Tags.TARGET) == null && child.tags().get(Tags.TIMER) == null) {
          worker.world.settleSomewhen(child.id());
        }
      }
      makeChild(number + 1, width);
    } else {
      throw new Violation("what is well formed is not refused", response.toString());
    }
  }

  /** A step of its own, whose outcome it records. */
  private void doHere(String childId, int number, int width) {
    var settle =
        new PromiseRequest.Settle(childId, PromiseRecord.State.RESOLVED, Value.ofData("here"));
    Request request =
        worker.member.fences()
            ? new TaskRequest.Fence(id, version, new TaskRequest.FenceAction.Settle(settle))
            : settle;
    worker.ask(
        request,
        response -> {
          PromiseRecord settled =
              switch (response.body()) {
                case Response.Fenced(_, Response(_, Response.OfPromise(PromiseRecord record)), _) ->
                    record;
                case Response.OfPromise(PromiseRecord record) -> record;
                default -> null;
              };
          if (settled == null) {
            worker.ended(this);
          } else {
            children.set(number, settled);
            makeChild(number + 1, width);
          }
        });
  }

  /** A remote call, a sleep, or something that a human has to settle; always the same for an id. */
  private PromiseRequest.Create child(String childId) {
    Dice dice = new Dice(worker.world.plan.seed(), childId);
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(Tags.ORIGIN, origin(childId));
    tags.put(Tags.BRANCH, dice.chance(500) ? childId : id);
    long timeoutAt = promise.timeoutAt();
    String text = "";
    switch (dice.below(7)) {
      case 0 -> {
        tags.put(Tags.TIMER, "true");
        if (dice.chance(400)) { // As some SDKs have it.
          tags.put(Tags.SCOPE, "global");
          tags.put(Tags.TARGET, "poll://any@default");
        }
        timeoutAt = Math.min(timeoutAt, worker.world.server.clock() + dice.between(1, 3_000));
      }
      case 1 -> {}
      case 2 -> tags.put(Tags.SCOPE, "local");
      default -> {
        tags.put(Tags.TARGET, Objects.requireNonNull(promise.tags().get(Tags.TARGET)));
        if (dice.chance(150)) {
          tags.put(Tags.DELAY, Long.toString(worker.world.server.clock() + dice.below(2_000)));
        }
        boolean isDeep = childId.chars().filter(c -> c == '.').count() >= CHILD_DEPTH_MOST;
        text = dice.chance(200) && !isDeep ? "flow 2" : "leaf " + dice.pick(List.of(1, 50, 1_000));
      }
    }
    return new PromiseRequest.Create(childId, timeoutAt, Value.ofData(text), tags);
  }

  private static String origin(String childId) {
    return childId.substring(0, childId.indexOf('.'));
  }

  private void await() {
    List<PromiseRequest.RegisterCallback> pending =
        children.stream()
            .filter(child -> !child.isSettled())
            .map(child -> new PromiseRequest.RegisterCallback(child.id(), id))
            .toList();
    if (pending.isEmpty()) {
      worker.later(1, () -> finish(false));
      return;
    }
    worker.ask(
        new TaskRequest.Suspend(id, version, pending),
        response -> {
          switch (response.status()) {
            case 300 -> {
              children.clear();
              makeChild(0, program instanceof Program.Flow(int width) ? width : 0);
            }
            case 422 ->
                throw new Violation("what was created exists", response + " for " + pending);
            default -> worker.ended(this);
          }
        });
  }
}
