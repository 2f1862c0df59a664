package dev.baton.legacy;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.process.Extension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gives every promise that is to be invoked its task, ends the tasks of a root that is settled, by
 * whomever, and lets one task of a root at a time be offered.
 */
public final class LegacyTasks implements Extension {

  private final Turns turns;
  private final Map<String, Long> heldBefore = new HashMap<>();
  private boolean isOpen;

  /** Finds promises of the store; asked in a step of the engine, between transactions. */
  public LegacyTasks(Function<String, @Nullable Promise> promises) {
    this.turns = new Turns(promises);
  }

  @Override
  public List<Command> entailed(State state, Outcome outcome) {
    List<Command> commands = List.of();
    for (Change change : outcome.changes()) {
      List<PromiseRequest> requests =
          switch (change) {
            case Change.PutPromise(var before, var after) ->
                before == null ? invocation(after) : List.of();
            case Change.PutCallback(var awaited, var awaiter, var fired) ->
                fired ? completion(state, awaited, awaiter) : List.of();
            case Change.PutTask _,
                Change.DeleteCallback _,
                Change.PutListener _,
                Change.DeleteListener _,
                Change.PutSchedule _,
                Change.DeleteSchedule _,
                Change.Clear _ ->
                List.of();
          };
      if (!requests.isEmpty()) {
        commands = commands.isEmpty() ? new ArrayList<>() : commands;
        for (PromiseRequest request : requests) {
          commands.add(new Command.Client(request));
        }
      }
    }
    return commands;
  }

  /** The task of a new promise; it also waits for its promise. */
  private static List<PromiseRequest> invocation(Promise root) {
    String receiver = root.tags().get(Names.INVOKE);
    if (receiver == null || !root.isPending()) {
      return List.of();
    }
    String id = Names.invokeTask(root.id());
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(Tags.TARGET, Receivers.address(receiver));
    tags.put(Names.ROOT, root.id());
    String delay = root.tags().get(Tags.DELAY);
    if (delay != null) {
      tags.put(Tags.DELAY, delay);
    }
    return List.of(
        new PromiseRequest.Create(id, root.timeoutAt(), Value.EMPTY, tags),
        new PromiseRequest.RegisterCallback(root.id(), id));
  }

  /** The end of a task whose root is settled. */
  private static List<PromiseRequest> completion(State state, String awaited, String awaiter) {
    LegacyTask task = LegacyTask.of(state, awaiter);
    if (task == null || !task.root().equals(awaited) || !task.carrier().isPending()) {
      return List.of();
    }
    Value remains =
        task.task().state() instanceof TaskState.Acquired(String pid, _, _, _)
            ? LegacyTask.remains(task.heldCounter(), pid)
            : LegacyTask.remains(task.offeredCounter(), null);
    return List.of(new PromiseRequest.Settle(awaiter, PromiseRecord.State.RESOLVED, remains));
  }

  @Override
  public void moved(@Nullable Task before, Task after, long now, Dispatcher dispatcher) {
    if (Names.isTask(after.id())) {
      if (!isOpen && after.state() instanceof TaskState.Acquired) {
        heldBefore.put(after.id(), after.version());
      }
      turns.moved(before, after, now, dispatcher);
    } else {
      dispatcher.moved(before, after, now);
    }
  }

  /** It has to wait for its turn among those of its root. */
  @Override
  public boolean mayOfferAhead(Task task) {
    return !Names.isTask(task.id());
  }

  @Override
  public void opened(long now, Dispatcher dispatcher) {
    isOpen = true;
    turns.open(now, dispatcher);
  }

  /** Whether a task has been held since before the server started. In a step of the engine. */
  public boolean isFromBefore(Task held) {
    return Objects.equals(heldBefore.get(held.id()), held.version());
  }

  @Override
  public void cleared() {
    heldBefore.clear();
    turns.clear();
  }

  /** An old worker repeats a claim that was not answered, and dies if its lease has ended. */
  @Override
  public boolean mayDoubt(Task held) {
    return !Names.isTask(held.id());
  }
}
