package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.Address;
import dev.baton.protocol.Addresses;
import dev.baton.protocol.Message;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.FunctionRef;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.process.Pipeline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may be sent to whom, and what the dispatcher must therefore believe: a second bookkeeping
 * from what was saved, who is connected and what operators said.
 */
final class Deliveries {

  /** A process within a group. */
  record Key(String group, String pid) {}

  private record DrainKey(String group, String worker, boolean byAddress) {}

  /** An offer that is with a worker who has not acquired it yet. */
  private record Sent(long version, Key to, long until, boolean isStrict) {}

  /** An offer that is sent while its task is being saved. */
  private record Ahead(String id, Sent sent) {}

  /** That a worker gave a task back at once: until then another is to get it, if there is one. */
  private record Refusal(String pid, long until) {}

  private record Delivered(String id, String address) {}

  /** That a connection took an unblock. */
  private record Taking(Delivered what, long at) {}

  private static final List<String> GROUPS = List.of("a", "b", "clients", "default");
  private static final long UNBLOCK_LIFE_LEAST_MS = 60_000;

  /** A little less than what the server allows for. */
  private static final long LINGER_MS = 900;

  private static final long STRICT_PATIENCE_MS = 60_000;
  private static final long STRICT_GRACE_LEAST_MS = 1_000;
  private static final long GIVEN_BACK_AT_ONCE_MS = 1_000;
  private static final int RETURNS_WITHOUT_PAUSE = 2;
  private static final int FIRST_PORTION = 6;
  private static final int LEAST_SHARE = 4;
  private static final long GATHERING_MOST_MS = 5_000;

  /** In its turn once, and twice because it was handed over. */
  private static final int OVERTAKINGS_MOST = 3;

  private final Plan.Setting setting;
  private final Disk truth;
  private final Map<String, Address> addresses = new HashMap<>();
  private final Map<Key, Deque<SimulatedLink>> connected = new LinkedHashMap<>();
  private final Map<Key, String> runs = new HashMap<>();
  private final Map<Key, Long> leftAt = new HashMap<>();
  private final Map<DrainKey, @Nullable String> drained = new HashMap<>();
  private final Map<String, Integer> slots = new HashMap<>();
  private final Map<String, Sent> sent = new LinkedHashMap<>();

  /** What the transaction at hand has decided so far. */
  private List<Change> deciding = List.of();

  private @Nullable Ahead ahead;
  private final Map<String, Integer> attempts = new HashMap<>();
  private final Map<String, Long> pausing = new HashMap<>();
  private final Map<String, Long> acquiredAt = new HashMap<>();
  private final Map<String, Refusal> refusals = new HashMap<>();

  /** How often tasks came back since they last got somewhere. */
  private final Map<String, Integer> returns = new HashMap<>();

  /** Tasks whose last holder was to stop. */
  private final Set<String> excused = new HashSet<>();

  /** Processes that were to stop before they were called gone. */
  private final Set<String> stopped = new HashSet<>();

  private final Set<String> beingPosted = new HashSet<>();

  /** How many tasks workers have acquired since they connected. */
  private final Map<Key, Integer> acquired = new HashMap<>();

  /** Until when groups whose workers came back to a backlog may wait for others. */
  private final Map<String, Long> gathering = new HashMap<>();

  /** Of each task that waits for any worker, which deliveries of others it has seen. */
  private final Map<String, Map<String, Set<Long>>> overtakings = new HashMap<>();

  private final Map<String, Long> offeredAt = new HashMap<>();

  /** Versions that were sent to strict workers: nobody else may get them. */
  private final Map<String, Long> strict = new HashMap<>();

  /** When what strict workers let pass is to be offered anew. */
  private final Map<String, Long> stale = new HashMap<>();

  private final Map<String, Long> lost = new HashMap<>();
  private final Set<String> saidGone = new HashSet<>();

  /** How often listeners were told in a way that counts. */
  private final Map<Delivered, Integer> delivered = new HashMap<>();

  private final Map<SimulatedLink, List<Taking>> takings = new IdentityHashMap<>();
  private long now;
  private boolean wasHealthy = true;

  /** Connections do not know what the server's clock shows. */
  private final Timeline timeline;

  Deliveries(Plan.Setting setting, Disk truth, Timeline timeline) {
    this.setting = setting;
    this.truth = truth;
    this.timeline = timeline;
  }

  // What the server hears.

  void connected(SimulatedLink link) {
    Key key = key(link);
    link.isKnown = true;
    String run = link.run();
    leftAt.remove(key);
    String before = run == null ? runs.remove(key) : runs.put(key, run);
    if (run != null && before != null && !before.equals(run)) {
      saidGone.add(link.pid());
    }
    openForAnother(key);
    if (!connected.containsKey(key)) {
      acquired.remove(key);
      boolean isFirst = connected.keySet().stream().noneMatch(k -> k.group().equals(key.group()));
      if (isFirst && countWaiting(key.group()) > LEAST_SHARE) {
        gathering.put(key.group(), now + GATHERING_MOST_MS);
      }
    }
    connected.computeIfAbsent(key, _ -> new ArrayDeque<>()).addFirst(link);
    unsend(key);
    lost.remove(link.pid());
  }

  void disconnected(SimulatedLink link) {
    Key key = key(link);
    link.isKnown = false;
    forgetTakings(link);
    Deque<SimulatedLink> links = connected.get(key);
    if (links == null || !links.remove(link)) {
      return;
    }
    unsend(key);
    if (links.isEmpty()) {
      connected.remove(key);
      leftAt.put(key, now);
      if (setting.graceMs() > 0
          && connected.keySet().stream().noneMatch(other -> other.pid().equals(link.pid()))) {
        lost.put(link.pid(), now);
      }
    }
  }

  void gone(String group, String worker, boolean byAddress, List<String> meant) {
    Set<String> expected = new HashSet<>();
    for (Key key : meant(group, worker, byAddress)) {
      if (isDraining(key) && truth.heldBy(key.pid()) > 0) {
        stopped.add(key.pid());
      }
      forgetDrain(key);
      Deque<SimulatedLink> links = Objects.requireNonNull(connected.remove(key));
      links.forEach(link -> link.isKnown = false);
      links.forEach(this::forgetTakings);
      unsend(key);
      lost.remove(key.pid());
      runs.remove(key);
      expected.add(key.pid());
    }
    drained.remove(new DrainKey(group, worker, byAddress));
    if (!byAddress) {
      forgetLeft(new Key(group, worker));
    }
    if (!byAddress && truth.heldBy(worker) > 0) {
      expected.add(worker);
    }
    Ledger.check(
        meant.containsAll(expected),
        "who is said to be gone is given up",
        "%s instead of %s",
        meant,
        expected);
    saidGone.addAll(meant);
  }

  void drain(String group, String worker, boolean byAddress, @Nullable String run) {
    String meant = run != null || byAddress ? run : runs.get(new Key(group, worker));
    drained.put(new DrainKey(group, worker, byAddress), meant);
    openForAnother(new Key(group, worker));
  }

  void resume(String group, String worker, boolean byAddress) {
    meant(group, worker, byAddress).forEach(this::forgetDrain);
    drained.remove(new DrainKey(group, worker, byAddress));
  }

  /** A process that drained is another one now. */
  private void openForAnother(Key key) {
    DrainKey drainKey = new DrainKey(key.group(), key.pid(), false);
    String run = runs.get(key);
    if (run != null && drained.get(drainKey) instanceof String meant && !meant.equals(run)) {
      drained.remove(drainKey);
    }
  }

  private void forgetLeft(Key key) {
    if (leftAt.remove(key) != null) {
      runs.remove(key);
      lost.remove(key.pid());
    }
  }

  private void forgetDrain(Key key) {
    drained.remove(new DrainKey(key.group(), key.pid(), false));
    for (SimulatedLink link : connected.getOrDefault(key, new ArrayDeque<>())) {
      drained.remove(new DrainKey(key.group(), link.address(), true));
    }
  }

  private List<Key> meant(String group, String worker, boolean byAddress) {
    return connected.entrySet().stream()
        .filter(entry ->
            entry.getKey().group().equals(group)
                && (byAddress
                    ? entry.getValue().stream().anyMatch(link -> link.address().equals(worker))
                    : entry.getKey().pid().equals(worker)))
        .map(Map.Entry::getKey)
        .toList();
  }

  void slots(String group, @Nullable Integer slotsPerWorker) {
    if (slotsPerWorker == null) {
      slots.remove(group);
    } else {
      slots.put(group, slotsPerWorker);
    }
  }

  /** Whether something is known of a group, though all its workers have left. */
  boolean isKnown(String group) {
    return slots.containsKey(group)
        || truth.tasks.values().stream()
            .anyMatch(task ->
                !(task.state() instanceof TaskState.Fulfilled)
                    && address(task.target()) instanceof Address.Poll poll
                    && poll.group().equals(group));
  }

  /** A step begins. */
  void begin(long at) {
    now = at;
    prune();
    lost.forEach((pid, since) -> {
      if (since + setting.graceMs() <= now) {
        saidGone.add(pid); // Also if it comes back before that could be saved.
      }
    });
  }

  /** The server stood still: it does not count for anybody. */
  void paused(long ms) {
    lost.replaceAll((_, since) -> since + ms);
    leftAt.replaceAll((_, since) -> since + ms);
    pausing.replaceAll((_, until) -> until + ms);
    stale.replaceAll((_, until) -> until + ms);
    gathering.replaceAll((_, until) -> until + ms);
    refusals.replaceAll((_, refusal) -> new Refusal(refusal.pid(), refusal.until() + ms));
    sent.replaceAll(
        (_, offer) -> new Sent(offer.version(), offer.to(), offer.until() + ms, offer.isStrict()));
  }

  /** The server's clock was set. */
  void clockMoved(long byMs) {
    paused(byMs);
    offeredAt.replaceAll((_, at) -> at + byMs);
  }

  /** A process has shown that it lives. */
  void alive(String pid) {
    lost.remove(pid);
  }

  void serverDown() {
    connected.values().forEach(links -> links.forEach(link -> link.isKnown = false));
    connected.clear();
    delivered.clear();
    takings.clear();
    runs.clear();
    leftAt.clear();
    drained.clear();
    sent.clear();
    attempts.clear();
    pausing.clear();
    refusals.clear();
    returns.clear();
    excused.clear();
    stopped.clear();
    overtakings.clear();
    beingPosted.clear();
    acquired.clear();
    gathering.clear();
    offeredAt.clear();
    strict.clear();
    stale.clear();
    lost.clear();
    saidGone.clear();
    deciding(List.of());
  }

  /** A server starts. */
  void restarted() {
    for (Task task : truth.tasks.values()) {
      if (task.state() instanceof TaskState.Pending(_, boolean offered) && offered) {
        offeredAt.put(task.id(), now);
      }
    }
  }

  boolean mayBeGone(String pid) {
    return saidGone.contains(pid);
  }

  // What has been saved.

  /** A transaction begins; what it decides is added to that list. */
  void deciding(List<Change> changes) {
    deciding = changes;
    ahead = null;
  }

  void saved(List<Change> changes) {
    for (Change change : changes) {
      switch (change) {
        case Change.PutTask(Task before, Task after) -> moved(before, after);
        case Change.DeleteListener(String id, String address) -> {
          Promise promise = Objects.requireNonNull(truth.promises.get(id));
          Ledger.check(
              delivered.containsKey(new Delivered(id, address))
                  || (promise.state() instanceof PromiseState.Settled settled
                      && settled.settledAt() + UNBLOCK_LIFE_LEAST_MS <= now),
              "a listener is forgotten only when it has been told",
              "%s of %s",
              address,
              id);
        }
        default -> {}
      }
    }
    if (ahead != null) {
      sent.put(ahead.id(), ahead.sent());
      attempts.put(ahead.id(), 1);
    }
    deciding(List.of());
  }

  private void moved(@Nullable Task before, Task after) {
    String id = after.id();
    boolean isOffered = after.state() instanceof TaskState.Pending(_, boolean offered) && offered;
    if (!isOffered || before == null || before.version() != after.version()) {
      forgetOffer(id);
    }
    if (isOffered) {
      offeredAt.putIfAbsent(id, now);
    }
    if (after.state() instanceof TaskState.Acquired(String pid, _, _, _)
        && !(before != null && before.state() instanceof TaskState.Acquired)) {
      lost.remove(pid);
    }
    boolean wasHeld = before != null && before.state() instanceof TaskState.Acquired;
    boolean isHeld = after.state() instanceof TaskState.Acquired;
    if (after.state() instanceof TaskState.Acquired taken && !wasHeld) {
      for (Key key : connected.keySet()) {
        if (key.pid().equals(taken.pid())) {
          acquired.merge(key, 1, Integer::sum);
        }
      }
      acquiredAt.put(id, now);
    }
    if (before != null && before.state() instanceof TaskState.Acquired held && !isHeld) {
      if (isOffered) {
        cameBack(after, held.pid());
      } else {
        returns.remove(id);
      }
      acquiredAt.remove(id);
      if (truth.heldBy(held.pid()) == 0) {
        stopped.remove(held.pid());
      }
    }
  }

  private void cameBack(Task task, String holder) {
    String id = task.id();
    boolean isExcused =
        stopped.contains(holder)
            || (address(task.target()) instanceof Address.Poll poll
                && connected.containsKey(new Key(poll.group(), holder))
                && isDraining(new Key(poll.group(), holder)));
    if (isExcused) {
      excused.add(id);
      return;
    }
    int times = returns.merge(id, 1, Integer::sum);
    long heldSince = acquiredAt.getOrDefault(id, now);
    if (now - heldSince < GIVEN_BACK_AT_ONCE_MS && address(task.target()) instanceof Address.Any) {
      refusals.put(id, new Refusal(holder, now + setting.redeliveryMs()));
    }
    if (times > RETURNS_WITHOUT_PAUSE) {
      long pauseMs = 1_000L << Math.min(times - RETURNS_WITHOUT_PAUSE - 1, 20);
      pausing.put(id, now + Math.min(pauseMs, setting.retryMs()));
    }
  }

  private void forgetOffer(String id) {
    sent.remove(id);
    attempts.remove(id);
    pausing.remove(id);
    refusals.remove(id);
    excused.remove(id);
    overtakings.remove(id);
    offeredAt.remove(id);
    strict.remove(id);
    stale.remove(id);
  }

  /** Whether a strict worker let a task pass. */
  boolean isStale(String id) {
    return stale.getOrDefault(id, Long.MAX_VALUE) <= now;
  }

  // What the server sends.

  void sending(SimulatedLink link, Message message) {
    switch (message) {
      case Message.Execute(_, String id, long version) -> offering(link, id, version);
      case Message.Settled(String id, long version) -> {
        Task task = truth.tasks.get(id);
        Ledger.check(
            link.hearsSettled()
                && task != null
                && task.version() == version
                && task.state() instanceof TaskState.Fulfilled,
            "who asked for it hears what is settled, and only that",
            "%s hears of %s, which is %s",
            link,
            id,
            task);
      }
      case Message.Unblock unblock -> {
        String id = unblock.promise().id();
        boolean isWanted = false;
        for (String address : truth.listenersOf(id)) {
          if (reaches(address(address), link)) {
            isWanted = true;
          }
        }
        Ledger.check(isWanted, "only who listens is told", "%s is told of %s", link, id);
        Promise promise = Objects.requireNonNull(truth.promises.get(id));
        Ledger.check(
            unblock.promise().equals(promise.toRecord()) && !promise.isPending(),
            "a listener is told what has been saved",
            "%s; saved: %s",
            unblock,
            promise);
      }
    }
  }

  private void offering(SimulatedLink link, String id, long version) {
    Key key = key(link);
    Task created = truth.tasks.containsKey(id) ? null : beingCreated(id);
    checkPending(id, version, created == null ? truth.tasks.get(id) : created);
    prune();
    Task task = Objects.requireNonNull(created == null ? truth.tasks.get(id) : created);
    Deque<SimulatedLink> links = connected.get(key);
    Ledger.check(
        links != null && links.getFirst() == link && link.isWritable,
        "a message is sent over the newest open stream",
        "%s to %s",
        id,
        link);
    Ledger.check(
        reaches(address(task.target()), link),
        "a task is offered to whom it is addressed",
        "%s to %s",
        task,
        link);
    Ledger.check(
        link.has(function(id)) || address(task.target()) instanceof Address.Uni,
        "a worker is offered only what it has the function for",
        "%s, which asks for %s, to %s",
        id,
        function(id),
        link);
    Ledger.check(
        !isDraining(key), "a worker that drains is sent no task", "%s is sent %s", link, id);
    Ledger.check(
        !sent.containsKey(id),
        "a task is offered to one worker at a time",
        "%s to %s while %s has it",
        id,
        link,
        sent.get(id));
    Integer most = slotsOf(key);
    int load = load(key);
    Ledger.check(
        most == null || load < most,
        "no worker is sent more than its slots",
        "%s has %s slots and carries %d when sent %s",
        link,
        most,
        load,
        id);
    Ledger.check(
        !strict.containsKey(id),
        "what a strict worker was sent is offered to others only anew",
        "%s at %d to %s",
        id,
        version,
        link);
    Ledger.check(
        most != null || isWithinPortion(key),
        "a worker that does not say how much it takes gets no more than a portion at once",
        "%s to %s, which has acquired %s",
        id,
        link,
        acquired.get(key));
    checkFairness(task, version, key);
    if (created != null) {
      attempts.remove(id); // What could not be saved does not count.
    }
    Sent offer = new Sent(version, key, now + patienceMs(id, link), link.isStrict());
    if (created != null) {
      Ledger.check(
          !link.isStrict(), "who fails at what is not there is sent what is", "%s to %s", id, link);
      ahead = new Ahead(id, offer);
      return;
    }
    sent.put(id, offer);
    if (link.isStrict()) {
      strict.put(id, version);
    }
    pausing.remove(id);
  }

  private @Nullable Task beingCreated(String id) {
    Task task = null;
    for (Change change : deciding) {
      if (change instanceof Change.PutTask(_, Task after) && after.id().equals(id)) {
        task = after;
      }
    }
    return task;
  }

  private Promise promise(String id) {
    Promise promise = truth.promises.get(id);
    for (Change change : deciding) {
      if (change instanceof Change.PutPromise(_, Promise after) && after.id().equals(id)) {
        promise = after;
      }
    }
    return Objects.requireNonNull(promise);
  }

  private void checkFairness(Task task, long version, Key to) {
    String id = task.id();
    Refusal refusal = refusals.get(id);
    Ledger.check(
        refusal == null
            || refusal.until() <= now
            || !refusal.pid().equals(to.pid())
            || isOnly(to, id),
        "what a worker gave back at once goes to another, if there is one",
        "%s to %s: %s",
        id,
        to,
        refusal);
    refusals.remove(id); // Another has had its turn.
    overtakings.remove(id);
    if (excused.contains(id) || !isForAnyone(task)) {
      return;
    }
    for (Task other : truth.tasks.values()) {
      if (other != task
          && isWaiting(other)
          && other.target().equals(task.target())
          && has(to, other.id())) {
        Set<Long> deliveries =
            overtakings
                .computeIfAbsent(other.id(), _ -> new HashMap<>())
                .computeIfAbsent(id, _ -> new HashSet<>());
        deliveries.add(version);
        Ledger.check(
            deliveries.size() <= OVERTAKINGS_MOST,
            "no task waits while another is handed over again and again",
            "%s waits, %s goes at %d",
            other,
            id,
            version);
      }
    }
  }

  private boolean isWithinPortion(Key key) {
    long underWay = sent.values().stream().filter(offer -> offer.to().equals(key)).count();
    return underWay < FIRST_PORTION + acquired.getOrDefault(key, 0);
  }

  private long countWaiting(String group) {
    return truth.tasks.values().stream()
        .filter(task ->
            task.state() instanceof TaskState.Pending
                && address(task.target()) instanceof Address.Any(String of, _)
                && of.equals(group))
        .count();
  }

  private boolean isForAnyone(Task task) {
    return address(task.target()) instanceof Address.Any(_, String preferred)
        && preferred.isEmpty();
  }

  /** Whether a task waits for nothing but a worker with room. */
  private boolean isWaiting(Task task) {
    String id = task.id();
    return task.state() instanceof TaskState.Pending(_, boolean offered)
        && offered
        && !sent.containsKey(id)
        && !stale.containsKey(id)
        && !refusals.containsKey(id)
        && pausing.getOrDefault(id, 0L) <= now;
  }

  /** Whether no other worker of the group, that can do it, is there to stay. */
  private boolean isOnly(Key key, String id) {
    return connected.keySet().stream()
        .noneMatch(other ->
            other.group().equals(key.group())
                && !other.equals(key)
                && !isDraining(other)
                && has(other, id));
  }

  /** Whether a worker can do what a task asks for, as far as it has said. */
  private boolean has(Key key, String id) {
    SimulatedLink link = newest(key);
    return link != null && link.has(function(id));
  }

  private FunctionRef function(String id) {
    String program = promise(id).param().data();
    return Program.function(Objects.requireNonNullElse(program, ""));
  }

  private long patienceMs(String id, SimulatedLink link) {
    int attempt = attempts.merge(id, 1, Integer::sum);
    return link.isStrict()
        ? STRICT_PATIENCE_MS
        : Math.min(setting.redeliveryMs() << Math.min(attempt - 1, 10), setting.retryMs());
  }

  void posting(String url, Message message) {
    if (message instanceof Message.Execute(_, String id, long version)) {
      checkPending(id, version, truth.tasks.get(id));
      Ledger.check(
          beingPosted.add(id),
          "no post of a task begins while another is under way",
          "%s at %d",
          id,
          version);
    }
  }

  /** A connection has taken a message. */
  void taken(SimulatedLink link, Message message) {
    if (message instanceof Message.Unblock unblock) {
      String id = unblock.promise().id();
      for (String address : truth.listenersOf(id)) {
        if (reaches(address(address), link)) {
          Delivered what = new Delivered(id, address);
          takings
              .computeIfAbsent(link, _ -> new ArrayList<>())
              .add(new Taking(what, timeline.now()));
          delivered.merge(what, 1, Integer::sum);
        }
      }
    }
  }

  /** A connection has ended: what it had just taken may never have arrived. */
  private void forgetTakings(SimulatedLink link) {
    List<Taking> last = takings.remove(link);
    if (last != null) {
      last.stream()
          .filter(taking -> taking.at() > timeline.now() - LINGER_MS)
          .forEach(taking ->
              delivered.computeIfPresent(
                  taking.what(), (_, times) -> times == 1 ? null : times - 1));
    }
  }

  /** A target has answered well to a message. */
  void posted(String url, Message message) {
    if (message instanceof Message.Unblock unblock) {
      delivered.merge(new Delivered(unblock.promise().id(), url), 1, Integer::sum);
    }
  }

  /** A post has ended, and the server is about to hear of it. */
  void posted(Message message) {
    if (message instanceof Message.Execute(_, String id, _)) {
      beingPosted.remove(id);
    }
  }

  private static void checkPending(String id, long version, @Nullable Task task) {
    Ledger.check(
        task != null
            && task.version() == version
            && task.state() instanceof TaskState.Pending(_, boolean offered)
            && offered,
        "a task is offered only while it is pending, or about to be, at its version",
        "version %d of %s, which is %s",
        version,
        id,
        task);
  }

  private static boolean reaches(Address address, SimulatedLink link) {
    return switch (address) {
      case Address.Any(String group, _) -> group.equals(link.group());
      case Address.Uni(String group, String pid) ->
          group.equals(link.group()) && pid.equals(link.pid());
      case Address.Http _, Address.Undelivered _ -> false;
    };
  }

  // What the dispatcher must believe after a step.

  /**
   * @param isBehind whether calls have come that nobody has looked at yet: what they say may keep
   *     what is due from happening
   */
  void stepped(Dispatcher dispatcher, Pipeline pipeline, boolean isUntroubled, boolean isBehind) {
    prune();
    wasHealthy &= isUntroubled;
    if (isBehind) {
      return;
    }
    leftAt
        .entrySet()
        .removeIf(left -> {
          boolean isForgotten = left.getValue() + setting.graceMs() <= now;
          if (isForgotten) {
            runs.remove(left.getKey());
          }
          return isForgotten;
        });
    if (wasHealthy) { // What was put off is done in the next step.
      saidGone.clear();
      checkTimers(pipeline);
      checkLost();
      Ledger.check(
          stale.values().stream().allMatch(until -> until > now),
          "what a strict worker let pass is offered anew",
          "%s",
          stale);
    }
    wasHealthy = isUntroubled;
    for (String group : GROUPS) {
      checkGroup(dispatcher.view(group, now));
    }
  }

  private void prune() {
    sent.entrySet()
        .removeIf(entry -> {
          boolean isOver = entry.getValue().until() <= now;
          if (isOver && entry.getValue().isStrict()) {
            stale.put(entry.getKey(), entry.getValue().until());
          }
          return isOver;
        });
  }

  private void checkLost() {
    var each = lost.entrySet().iterator();
    while (each.hasNext()) {
      var entry = each.next();
      if (entry.getValue() + setting.graceMs() <= now) {
        each.remove();
        Ledger.check(
            truth.heldBy(entry.getKey()) == 0,
            "the leases of a lost worker end after the grace time",
            "%s was lost at %d",
            entry.getKey(),
            entry.getValue());
      }
    }
  }

  private void checkTimers(Pipeline pipeline) {
    long next = Long.MAX_VALUE;
    for (Promise promise : truth.promises.values()) {
      if (promise.isPending()) {
        next = Math.min(next, promise.timeoutAt());
        Ledger.check(promise.timeoutAt() > now, "deadlines fire when they are due", "%s", promise);
      }
    }
    for (Task task : truth.tasks.values()) {
      long due =
          switch (task.state()) {
            case TaskState.Acquired(_, _, long leaseExpiresAt, _) -> leaseExpiresAt;
            case TaskState.Pending(long retryAt, boolean offered) when !offered -> retryAt;
            default -> Long.MAX_VALUE;
          };
      next = Math.min(next, due);
      Ledger.check(due > now, "leases and delays end when they are due", "%s", task);
    }
    Ledger.check(
        pipeline.nextDueAt() <= next,
        "the engine wakes up for the next timer",
        "at %d instead of %d",
        pipeline.nextDueAt(),
        next);
  }

  private void checkGroup(GroupView view) {
    int held = 0;
    int suspended = 0;
    int pending = 0;
    int onTheirWay = 0;
    int mayPause = 0;
    List<String> waiting = new ArrayList<>();
    long oldest = now;
    for (Task task : truth.tasks.values()) {
      if (!(address(task.target()) instanceof Address.Poll poll)
          || !poll.group().equals(view.group())) {
        continue;
      }
      switch (task.state()) {
        case TaskState.Acquired _ -> held++;
        case TaskState.Suspended _ -> suspended++;
        case TaskState.Pending(_, boolean offered) when offered -> {
          pending++;
          if (sent.containsKey(task.id())) {
            onTheirWay++;
          } else if (stale.containsKey(task.id())) {
            pending--; // In nobody's hands until it is offered anew.
          } else if (pausing.getOrDefault(task.id(), 0L) > now) {
            mayPause++;
          } else {
            oldest = Math.min(oldest, offeredAt.getOrDefault(task.id(), now));
            if (poll instanceof Address.Any) {
              waiting.add(task.id());
            }
          }
        }
        default -> {}
      }
    }
    String counters = "the dispatcher's counters are those of the store";
    Ledger.check(view.inFlight() == held + onTheirWay, counters, "in flight: %s", view);
    Ledger.check(view.suspended() == suspended, counters, "suspended: %s", view);
    int ready = view.ready();
    Ledger.check(
        ready <= pending - onTheirWay && ready >= pending - onTheirWay - mayPause,
        counters,
        "%d are pending, %d on their way, %d may pause: %s",
        pending,
        onTheirWay,
        mayPause,
        view);
    Ledger.check(
        view.oldestReadySeconds() >= (now - oldest) / 1000.0,
        "the task that waits longest is seen",
        "since %d: %s",
        oldest,
        view);
    Set<String> seen = new HashSet<>();
    for (GroupView.WorkerView worker : view.workers()) {
      Key key = new Key(view.group(), worker.pid());
      seen.add(worker.pid());
      Ledger.check(worker.load() == load(key), counters, "load of %s: %s", worker, load(key));
      Ledger.check(worker.draining() == isDraining(key), counters, "draining: %s", worker);
      Ledger.check(Objects.equals(worker.slots(), slotsOf(key)), counters, "slots: %s", worker);
      SimulatedLink link = newest(key);
      boolean hasRoom =
          link != null
              && link.isWritable
              && !worker.draining()
              && gathering.getOrDefault(view.group(), 0L) <= now
              && (worker.slots() == null ? isWithinPortion(key) : worker.load() < worker.slots());
      Ledger.check(
          !hasRoom || waiting.stream().allMatch(id -> isRefusedBy(id, key) || !has(key, id)),
          "no task waits while a worker has room",
          "%s waits, %s has room",
          waiting,
          worker);
    }
    long expected = connected.keySet().stream().filter(k -> k.group().equals(view.group())).count();
    Ledger.check(seen.size() == expected, counters, "%s instead of %s", seen, connected.keySet());
  }

  private boolean isRefusedBy(String id, Key key) {
    Refusal refusal = refusals.get(id);
    return refusal != null
        && refusal.pid().equals(key.pid())
        && refusal.until() > now
        && !isOnly(key, id);
  }

  @Nullable SimulatedLink newest(Key key) {
    Deque<SimulatedLink> links = connected.get(key);
    return links == null ? null : links.getFirst();
  }

  private boolean isDraining(Key key) {
    if (drained.isEmpty()) {
      return false;
    }
    return drained.containsKey(new DrainKey(key.group(), key.pid(), false))
        || connected.getOrDefault(key, new ArrayDeque<>()).stream()
            .anyMatch(link -> drained.containsKey(new DrainKey(key.group(), link.address(), true)));
  }

  private @Nullable Integer slotsOf(Key key) {
    SimulatedLink link = newest(key);
    Integer announced = link == null ? null : link.slots();
    return announced != null ? announced : slots.get(key.group());
  }

  private int load(Key key) {
    int load = truth.heldBy(key.pid());
    for (Sent offer : sent.values()) {
      if (offer.to().equals(key)) {
        load++;
      }
    }
    return load;
  }

  private void unsend(Key key) {
    sent.entrySet()
        .removeIf(entry -> {
          boolean isHis = entry.getValue().to().equals(key);
          if (isHis && entry.getValue().isStrict()) {
            stale.put(entry.getKey(), now + Math.max(setting.graceMs(), STRICT_GRACE_LEAST_MS));
          }
          return isHis;
        });
  }

  private static Key key(SimulatedLink link) {
    return new Key(link.group(), link.pid());
  }

  private Address address(String text) {
    return addresses.computeIfAbsent(
        text, _ -> Objects.requireNonNull(Addresses.parse(text), "an address"));
  }
}
