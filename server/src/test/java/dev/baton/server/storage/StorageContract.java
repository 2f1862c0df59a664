package dev.baton.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.core.Change;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Schedule;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every storage must do. */
public abstract class StorageContract {

  private static final Value VALUE = new Value(Map.of("h", "\u00e9"), "ZGF0YQ==");

  protected Storage storage;

  @BeforeEach
  final void openFirst() {
    storage = open();
  }

  @AfterEach
  final void closeLast() {
    storage.close();
  }

  /** An empty storage, or the same again if it was closed. */
  protected abstract Storage open();

  /** Closes and opens the storage, or, if it keeps nothing, does neither. */
  protected abstract void restart();

  protected static Promise promise(String id, @Nullable String target, @Nullable String branch) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("z", "last \"quoted\"");
    tags.put("a", "");
    if (target != null) {
      tags.put(Tags.TARGET, target);
    }
    if (branch != null) {
      tags.put(Tags.BRANCH, branch);
    }
    return new Promise(id, VALUE, tags, Long.MAX_VALUE, 5, new PromiseState.Pending());
  }

  private static Promise settled(Promise promise) {
    return promise.settled(
        new PromiseState.Settled(PromiseRecord.State.REJECTED, new Value(null, ""), 9));
  }

  protected void save(Change... changes) {
    storage.transact(rows -> {
      rows.save(List.of(changes));
      return true;
    });
  }

  protected @Nullable Object read(Function<State, @Nullable Object> what) {
    List<@Nullable Object> found = new ArrayList<>();
    storage.transact(rows -> found.add(what.apply(rows.state())));
    return found.getFirst();
  }

  private <T> List<T> list(Function<State, Collection<T>> what) {
    return storage.transact(rows -> List.copyOf(what.apply(rows.state())));
  }

  @Test
  void aPromiseIsReadAsItWasSaved() {
    Promise pending = promise("p", null, "b");
    save(new Change.PutPromise(null, pending));
    restart();
    assertThat(read(state -> state.promise("p"))).isEqualTo(pending);
    assertThat(read(state -> state.promise("q"))).isNull();
    assertThat(read(state -> state.task("p"))).isNull();
  }

  @Test
  void namesOfAnyLengthAndAnyHashAreRead() {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put("x".repeat(3_000_001), "");
    tags.put("", "\0\u0001\u2028\"\\".repeat(100_000));
    for (int i = 0; i < 1_000; i++) {
      StringBuilder name = new StringBuilder();
      for (int bit = 0; bit < 10; bit++) {
        name.append((i >> bit & 1) == 0 ? "ab" : "bA"); // By 33 * 'a' + 'b' they are the same.
      }
      tags.put(name.toString(), "");
    }
    Value value = new Value(tags, "\0".repeat(1_000));
    Promise wild = new Promise("p", value, tags, Long.MAX_VALUE, 5, new PromiseState.Pending());
    save(new Change.PutPromise(null, wild));
    restart();
    assertThat(read(state -> state.wholePromise("p"))).isEqualTo(wild);
    assertThat(storage.unreadableRows()).isZero();
  }

  private static Promise large(String id, @Nullable String branch) {
    Promise small = promise(id, "poll://any@g", branch);
    return new Promise(
        id, Value.ofData("x".repeat(10_000)), small.tags(), Long.MAX_VALUE, 5, small.state());
  }

  @Test
  void aLargePayloadIsReadAsItWasSavedBeforeAndAfterTheSettlement() {
    Promise pending = large("p", "p");
    save(new Change.PutPromise(null, pending));
    assertThat(read(state -> state.wholePromise("p"))).isEqualTo(pending);
    restart();
    assertThat(read(state -> state.wholePromise("p"))).isEqualTo(pending);
    Promise known = (Promise) Objects.requireNonNull(read(state -> state.promise("p")));
    save(new Change.PutPromise(known, settled(known)));
    assertThat(read(state -> state.wholePromise("p"))).isEqualTo(settled(pending));
    restart();
    assertThat(read(state -> state.wholePromise("p"))).isEqualTo(settled(pending));
  }

  @Test
  void ofABranchThatDoesNotFitTheFirstAndWhatElseFitsIsShown() {
    List<Promise> all =
        List.of(large("b.1", "b"), large("b.2", "b"), promise("b.3", null, "b"), large("b.4", "b"));
    all.forEach(each -> save(new Change.PutPromise(null, each)));
    for (String id : List.of("b.2", "b.3")) {
      Promise known = (Promise) Objects.requireNonNull(read(state -> state.promise(id)));
      save(new Change.PutPromise(known, settled(known)));
    }
    for (int i = 0; i < 2; i++) {
      assertThat(branch(Long.MAX_VALUE)).containsExactly("b.1", "b.2", "b.3", "b.4");
      assertThat(branch(21_000)).containsExactly("b.1", "b.2", "b.3");
      assertThat(branch(12_000)).containsExactly("b.1", "b.3");
      assertThat(branch(1_000)).containsExactly("b.3");
      assertThat(branch(100)).isEmpty();
      restart();
    }
  }

  private List<String> branch(long room) {
    List<Promise> found = list(state -> state.branch("b", "b", room));
    assertThat(found).allMatch(Promise::isWhole);
    return found.stream().map(Promise::id).toList();
  }

  @Test
  void aSettledPromiseIsReadAsItWasSaved() {
    Promise pending = promise("p", null, null);
    save(new Change.PutPromise(null, pending));
    save(new Change.PutPromise(pending, settled(pending)));
    assertThat(read(state -> state.promise("p"))).isEqualTo(settled(pending));
    restart();
    assertThat(read(state -> state.promise("p"))).isEqualTo(settled(pending));
  }

  /** A promise that was settled at 9, whose id and tree are those given. */
  private void saveSettled(String id, String origin) {
    Promise plain = promise(id, null, null);
    Promise pending =
        new Promise(
            id,
            plain.param(),
            Map.of(Tags.ORIGIN, origin),
            plain.timeoutAt(),
            plain.createdAt(),
            plain.state());
    save(new Change.PutPromise(null, pending));
    save(new Change.PutPromise(pending, settled(pending)));
  }

  @Test
  void whatWasSettledLongAgoGoesAFewAtATime() {
    for (String id : List.of("a", "b", "c")) {
      saveSettled(id, id);
    }
    assertThat(storage.removeSettled(9, 2).removed()).as("settled at 9, not before").isZero();
    while (!storage.removeSettled(9, 2).isRoundOver()) {}
    assertThat(storage.removeSettled(10, 2)).isEqualTo(new Storage.Sweep(2, false));
    assertThat(storage.removeSettled(10, 2)).isEqualTo(new Storage.Sweep(1, true));
    restart();
    assertThat(read(state -> state.promise("a"))).isNull();
    assertThat(read(state -> state.promise("c"))).isNull();
  }

  @Test
  void whatThePendingRootOfItsTreeMayAskForStays() {
    Promise root = promise("r", null, null);
    save(new Change.PutPromise(null, root));
    saveSettled("told", "r");
    saveSettled("r:1", "r");
    saveSettled("other", "gone");
    sweep();
    assertThat(read(state -> state.promise("told"))).isNotNull();
    assertThat(read(state -> state.promise("r:1"))).isNotNull();
    assertThat(read(state -> state.promise("other"))).isNull();
    save(new Change.PutPromise(root, settled(root)));
    sweep();
    assertThat(read(state -> state.promise("r:1"))).isNull();
    assertThat(read(state -> state.promise("r"))).isNull();
  }

  @Test
  void whatSomebodyHasYetToBeToldOfStays() {
    Promise pending = promise("p", null, null);
    save(new Change.PutPromise(null, pending), new Change.PutListener("p", "poll://any@g"));
    save(new Change.PutPromise(pending, settled(pending)));
    sweep();
    assertThat(read(state -> state.promise("p"))).isNotNull();
    save(new Change.DeleteListener("p", "poll://any@g"));
    sweep();
    assertThat(read(state -> state.promise("p"))).isNull();
  }

  private void sweep() {
    while (!storage.removeSettled(10, 100).isRoundOver()) {}
  }

  @Test
  void aTaskIsReadInEveryState() {
    Promise pending = promise("p", "poll://any@g", null);
    List<TaskState> states =
        List.of(
            new TaskState.Pending(30, false),
            new TaskState.Pending(40, true),
            new TaskState.Acquired("pid", 60, Long.MAX_VALUE, 17),
            new TaskState.Suspended(),
            new TaskState.Halted());
    save(new Change.PutPromise(null, pending));
    Task before = null;
    for (TaskState next : states) {
      Task after = new Task("p", "poll://any@g", 7, next);
      save(new Change.PutTask(before, after));
      restart();
      assertThat(read(state -> state.task("p"))).isEqualTo(after);
      before = after;
    }
  }

  @Test
  void aFulfilledTaskIsReadBesideItsSettledPromise() {
    Promise pending = promise("p", "poll://any@g", null);
    Task first = new Task("p", "poll://any@g", 0, new TaskState.Pending(1, true));
    Task last = first.with(new TaskState.Fulfilled());
    save(new Change.PutPromise(null, pending), new Change.PutTask(null, first));
    save(new Change.PutPromise(pending, settled(pending)), new Change.PutTask(first, last));
    restart();
    assertThat(read(state -> state.task("p"))).isEqualTo(last);
    assertThat(read(state -> state.promise("p"))).isEqualTo(settled(pending));
  }

  @Test
  void changesOfATransactionShowInIt() {
    Promise pending = promise("p", null, "b");
    boolean seen =
        storage.transact(rows -> {
          rows.save(List.of(new Change.PutPromise(null, pending)));
          rows.save(List.of(new Change.PutPromise(pending, settled(pending))));
          return settled(pending).equals(rows.state().promise("p"))
              && rows.state().branch("b", "", Long.MAX_VALUE).equals(List.of(settled(pending)));
        });
    assertThat(seen).isTrue();
    restart();
    assertThat(read(state -> state.promise("p"))).isEqualTo(settled(pending));
  }

  @Test
  void aBranchHoldsPendingAndSettledPromisesById() {
    Promise c = promise("c", null, "b");
    Promise a = promise("a", null, "b");
    Promise other = promise("b", null, "x");
    save(
        new Change.PutPromise(null, c),
        new Change.PutPromise(null, a),
        new Change.PutPromise(null, other));
    save(new Change.PutPromise(a, settled(a)));
    restart();
    assertThat(list(state -> state.branch("b", "", Long.MAX_VALUE))).containsExactly(settled(a), c);
  }

  @Test
  void callbacksAreReadBothWays() {
    save(
        new Change.PutPromise(null, promise("d1", null, null)),
        new Change.PutPromise(null, promise("d2", null, null)),
        new Change.PutPromise(null, promise("w", "poll://any@g", null)),
        new Change.PutTask(null, new Task("w", "poll://any@g", 1, new TaskState.Suspended())),
        new Change.PutCallback("d1", "w", false),
        new Change.PutCallback("d2", "w", false));
    save(new Change.PutCallback("d2", "w", true));
    restart();
    assertThat(list(state -> state.awaitersOf("d1"))).containsExactly("w");
    assertThat(list(state -> state.awaitersOf("d2"))).isEmpty();
    assertThat(list(state -> state.awaitedBy("w"))).containsExactly("d1");
    assertThat(list(state -> state.firedFor("w"))).containsExactly("d2");
    save(new Change.DeleteCallback("d1", "w"), new Change.DeleteCallback("d2", "w"));
    restart();
    assertThat(list(state -> state.awaitedBy("w"))).isEmpty();
    assertThat(list(state -> state.firedFor("w"))).isEmpty();
  }

  @Test
  void aListenerOfASettledPromiseIsReplayedUntilItIsStruckOff() {
    Promise pending = promise("p", null, null);
    save(
        new Change.PutPromise(null, pending),
        new Change.PutListener("p", "poll://uni@g/a"),
        new Change.PutListener("p", "poll://uni@g/b"));
    save(new Change.PutPromise(pending, settled(pending)));
    restart();
    var unblock = new Outcome.Unblock("poll://uni@g/a", settled(pending));
    assertThat(replayedUnblocks()).hasSize(2).contains(unblock);
    save(new Change.DeleteListener("p", "poll://uni@g/b"));
    restart();
    assertThat(replayedUnblocks()).containsExactly(unblock);
    assertThat(read(state -> state.promise("p"))).isEqualTo(settled(pending));
  }

  private List<Outcome.Unblock> replayedUnblocks() {
    List<Outcome.Unblock> unblocks = new ArrayList<>();
    storage.replay(_ -> {}, unblocks::add);
    return unblocks;
  }

  @Test
  void unfinishedTasksAreReplayed() {
    Promise live = promise("live", "poll://any@g", null);
    Promise done = promise("done", "poll://any@g", null);
    Task waiting = new Task("live", "poll://any@g", 3, new TaskState.Pending(1, true));
    Task fulfilled = new Task("done", "poll://any@g", 1, new TaskState.Fulfilled());
    save(new Change.PutPromise(null, live), new Change.PutTask(null, waiting));
    save(new Change.PutPromise(null, settled(done)), new Change.PutTask(null, fulfilled));
    restart();
    List<Task> tasks = new ArrayList<>();
    storage.replay(tasks::add, _ -> {});
    assertThat(tasks).containsExactly(waiting);
  }

  @Test
  void timersAreKept() {
    Promise pending = new Promise("p", VALUE, Map.of(), 700, 5, new PromiseState.Pending());
    Promise worked =
        new Promise(
            "t",
            VALUE,
            Map.of(Tags.TARGET, "poll://any@g"),
            Long.MAX_VALUE,
            5,
            new PromiseState.Pending());
    save(
        new Change.PutPromise(null, pending),
        new Change.PutPromise(null, worked),
        new Change.PutTask(
            null, new Task("t", "poll://any@g", 1, new TaskState.Acquired("a", 60, 500, 440))));
    restart();
    long first = storage.transact(rows -> rows.nextDueAt());
    assertThat(first).isEqualTo(500);
    assertThat(read(state -> state.due(700, false)))
        .isEqualTo(new State.Due(List.of("p"), List.of(), List.of("t"), List.of()));
    assertThat(list(state -> state.heldBy("a"))).containsExactly("t");
  }

  @Test
  void schedulesAreKept() {
    Schedule schedule =
        new Schedule("s", "* * * * *", "s.{{.timestamp}}", 10, VALUE, Map.of("k", "v"), 1, 2, null);
    Schedule later =
        new Schedule("s", "* * * * *", "s.{{.timestamp}}", 10, VALUE, Map.of("k", "v"), 1, 9, 2L);
    save(new Change.PutSchedule(schedule));
    restart();
    assertThat(read(state -> state.schedule("s"))).isEqualTo(schedule);
    save(new Change.PutSchedule(later));
    restart();
    assertThat(read(state -> state.schedule("s"))).isEqualTo(later);
    save(new Change.DeleteSchedule("s"));
    restart();
    assertThat(read(state -> state.schedule("s"))).isNull();
  }

  @Test
  void clearingLeavesNothing() {
    save(
        new Change.PutPromise(null, promise("p", null, "b")),
        new Change.PutListener("p", "poll://any@g"));
    save(new Change.Clear(), new Change.PutPromise(null, promise("q", null, "b")));
    restart();
    assertThat(read(state -> state.promise("p"))).isNull();
    assertThat(list(state -> state.branch("b", "", Long.MAX_VALUE))).hasSize(1);
    assertThat(list(state -> state.listenersOf("p"))).isEmpty();
  }

  @Test
  void groupSlotsAreKept() {
    storage.saveGroupSlots("g", 3);
    storage.saveGroupSlots("h", 1);
    storage.saveGroupSlots("h", null);
    restart();
    assertThat(storage.groupSlots()).isEqualTo(Map.of("g", 3));
  }

  @Test
  void workThatThrowsIsReported() {
    assertThatThrownBy(() ->
            storage.<Boolean>transact(_ -> {
              throw new IllegalStateException("bug");
            }))
        .hasMessage("bug");
    save(new Change.PutPromise(null, promise("p", null, null)));
    assertThat(read(state -> state.promise("p"))).isNotNull();
  }
}
