package dev.baton.sdk.test;

import dev.baton.core.MemoryState;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.Address;
import dev.baton.protocol.Addresses;
import dev.baton.protocol.Message;
import dev.baton.protocol.why.DeliveryFacts;
import dev.baton.protocol.why.GroupFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which worker is offered which task: of those that are connected, have the function and have room,
 * the one with the least to do. A stand-in for the server's dispatcher, with its outcomes but
 * without its fairness; used only under the server's lock.
 */
final class Offers {

  /** After how long an offer that nobody took is made again. */
  private static final long NOT_TAKEN_MS = 5_000;

  /** How often a task comes back at once before it has to wait. */
  private static final int FREE_RETURNS = 2;

  private static final long FIRST_WAIT_MS = 1_000;
  private static final long LONGEST_WAIT_MS = 30_000;
  private static final int MOST_DOUBLINGS = 10;

  /** A task that is to be taken. */
  private static final class Ready {
    private final Task task;
    private final @Nullable CalledFunction function;
    private final long since;
    private long notBefore;
    private @Nullable String offeredTo;
    private long offeredAt;

    Ready(Task task, @Nullable CalledFunction function, long since) {
      this.task = task;
      this.function = function;
      this.since = since;
    }
  }

  /** How a task came back unfinished. */
  private static final class Returns {
    private int count;
    private @Nullable String by;
    private @Nullable String reason;
  }

  private final MemoryState state;
  private long lookedAt = Long.MIN_VALUE;
  private final Map<String, Ready> ready = new LinkedHashMap<>();
  private final Map<String, Returns> returns = new HashMap<>();
  private final Map<String, Connection> connections = new LinkedHashMap<>();

  Offers(MemoryState state) {
    this.state = state;
  }

  void connected(Connection connection) {
    connections.put(key(connection.group(), connection.pid()), connection);
  }

  /** Whether it was connected, and by that connection. */
  boolean disconnected(Connection connection) {
    boolean was = connections.remove(key(connection.group(), connection.pid()), connection);
    if (was) {
      for (var it : ready.values()) {
        if (connection.pid().equals(it.offeredTo)) {
          it.offeredTo = null;
        }
      }
    }
    return was;
  }

  @Nullable Connection connection(String group, String pid) {
    return connections.get(key(group, pid));
  }

  List<Connection> connections() {
    return List.copyOf(connections.values());
  }

  private static String key(String group, String pid) {
    return group + "\n" + pid;
  }

  /**
   * A task has moved.
   *
   * @param reason why whoever held it gave it back; null if it was not given back, or not said
   */
  void moved(@Nullable Task before, Task after, @Nullable String reason, long now) {
    switch (after.state()) {
      case TaskState.Pending pending -> {
        var it = new Ready(after, function(after), now);
        it.notBefore = pending.offered() ? now : pending.retryAt();
        if (before != null && before.state() instanceof TaskState.Acquired held) {
          var back = returns.computeIfAbsent(after.id(), id -> new Returns());
          back.count++;
          back.by = reason == null ? null : held.pid();
          back.reason = reason;
          if (back.count > FREE_RETURNS) {
            int doublings = Math.min(back.count - FREE_RETURNS - 1, MOST_DOUBLINGS);
            it.notBefore = now + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS << doublings);
          }
        }
        ready.remove(after.id());
        ready.put(after.id(), it);
      }
      case TaskState.Acquired acquired -> ready.remove(after.id());
      case TaskState.Suspended suspended -> forget(after);
      case TaskState.Halted halted -> forget(after);
      case TaskState.Fulfilled fulfilled -> forget(after);
    }
  }

  private void forget(Task task) {
    ready.remove(task.id());
    returns.remove(task.id());
  }

  /** The next instant, epoch milliseconds, at which something may be offered that could not be. */
  long nextAt() {
    long next = Long.MAX_VALUE;
    for (var it : ready.values()) {
      if (it.notBefore > lookedAt) {
        next = Math.min(next, it.notBefore);
      } else if (it.offeredTo != null) {
        next = Math.min(next, it.offeredAt + NOT_TAKEN_MS);
      }
    }
    return next;
  }

  /** Offers what can be offered. */
  void offer(long now) {
    lookedAt = now;
    var loads = loads();
    if (loads.entrySet().stream().noneMatch(it -> hasRoom(it.getKey(), it.getValue()))) {
      return;
    }
    for (var it : ready.values()) {
      if (it.offeredTo != null && now - it.offeredAt >= NOT_TAKEN_MS) {
        it.offeredTo = null;
      }
      if (it.offeredTo != null || it.notBefore > now) {
        continue;
      }
      var to = worker(it, loads);
      if (to != null) {
        it.offeredTo = to.pid();
        it.offeredAt = now;
        loads.merge(to, 1, Integer::sum);
        to.send(new Message.Execute("", it.task.id(), it.task.version()));
      }
    }
  }

  /** Those that may be offered something, with what they have to do. */
  private Map<Connection, Integer> loads() {
    var offered = new HashMap<String, Integer>();
    for (var it : ready.values()) {
      if (it.offeredTo != null) {
        offered.merge(it.offeredTo, 1, Integer::sum);
      }
    }
    var loads = new LinkedHashMap<Connection, Integer>();
    for (var connection : connections.values()) {
      String pid = connection.pid();
      loads.put(connection, offered.getOrDefault(pid, 0) + state.heldBy(pid).size());
    }
    return loads;
  }

  private @Nullable Connection worker(Ready it, Map<Connection, Integer> loads) {
    if (!(Addresses.parse(it.task.target()) instanceof Address.Poll address)) {
      return null;
    }
    var able = new ArrayList<Connection>();
    loads.forEach((connection, load) -> {
      if (connection.group().equals(address.group())
          && connection.has(it.function)
          && hasRoom(connection, load)) {
        able.add(connection);
      }
    });
    if (address instanceof Address.Uni uni) {
      return first(able, uni.id());
    }
    var preferred = address instanceof Address.Any any ? first(able, any.id()) : null;
    if (preferred != null) {
      return preferred;
    }
    var back = returns.get(it.task.id());
    String notTo = back == null ? null : back.by;
    return able.stream()
        .min(
            Comparator.comparing((Connection connection) -> connection.pid().equals(notTo))
                .thenComparing(loads::get))
        .orElse(null);
  }

  private static @Nullable Connection first(List<Connection> able, String pid) {
    return able.stream().filter(it -> it.pid().equals(pid)).findFirst().orElse(null);
  }

  private @Nullable CalledFunction function(Task task) {
    var promise = state.promise(task.id());
    return promise == null ? null : CalledFunction.of(promise.param());
  }

  private static boolean hasRoom(Connection connection, int load) {
    Integer slots = connection.slots();
    return !connection.isDraining() && (slots == null || load < slots);
  }

  /** A group, for whoever asks why something waits. */
  GroupFacts group(String name, long now) {
    var workers = new ArrayList<GroupFacts.WorkerFacts>();
    int held = 0;
    for (var entry : loads().entrySet()) {
      var it = entry.getKey();
      if (it.group().equals(name)) {
        int load = entry.getValue();
        held += load;
        workers.add(new GroupFacts.WorkerFacts(it.pid(), "", it.slots(), load, it.isDraining(), 0));
      }
    }
    var waiting =
        ready.values().stream()
            .filter(it ->
                it.offeredTo == null
                    && Addresses.parse(it.task.target()) instanceof Address.Poll poll
                    && poll.group().equals(name))
            .toList();
    double oldest = waiting.stream().mapToDouble(it -> (now - it.since) / 1000.0).max().orElse(0);
    return new GroupFacts(name, waiting.size(), held, 0, oldest, workers);
  }

  /** How the deliveries of a task go, for whoever asks why it waits. */
  DeliveryFacts delivery(Task task, long now) {
    var it = ready.get(task.id());
    var back = returns.get(task.id());
    var function = function(task);
    boolean isMissing =
        function != null
            && Addresses.parse(task.target()) instanceof Address.Poll poll
            && connections.values().stream()
                .noneMatch(c -> c.group().equals(poll.group()) && c.has(function));
    return new DeliveryFacts(
        back == null ? 0 : back.count,
        it != null && back != null && it.notBefore > now ? it.notBefore : null,
        null,
        0,
        false,
        null,
        isMissing && function != null ? function.toString() : null,
        back == null ? null : back.reason);
  }
}
