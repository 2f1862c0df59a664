package dev.baton.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.IdOrder;
import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the readers of every storage must do. */
public abstract class ReaderContract {

  private static final String TARGET = "poll://any@g";

  private Storage storage;
  private Reader reader;

  @BeforeEach
  final void open() {
    storage = newStorage();
    reader = storage.reader();
  }

  @AfterEach
  final void close() {
    reader.close();
    storage.close();
  }

  /** An empty one. */
  protected abstract Storage newStorage();

  private void save(Change... changes) {
    storage.transact(rows -> {
      rows.save(List.of(changes));
      return true;
    });
  }

  private static Promise promise(String id, String... tags) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < tags.length; i += 2) {
      map.put(tags[i], tags[i + 1]);
    }
    return new Promise(
        id, Value.ofData("param of " + id), map, Long.MAX_VALUE, 5, new PromiseState.Pending());
  }

  private static Promise settled(Promise promise, PromiseRecord.State as) {
    return promise.settled(new PromiseState.Settled(as, Value.ofData("value"), 9));
  }

  private Promise put(String id, String... tags) {
    Promise promise = promise(id, tags);
    save(new Change.PutPromise(null, promise));
    return promise;
  }

  private void settle(Promise promise, PromiseRecord.State as) {
    save(new Change.PutPromise(promise, settled(promise, as)));
  }

  private static Query.Promises with(String... tags) {
    return new Query.Promises(null, promise("any", tags).tags(), "");
  }

  private List<Promise> promises(Query.Promises query, @Nullable String after) {
    Portion<Promise> all = Portion.unlimited();
    reader.promises(query, after, all);
    assertThat(all.isAtEnd()).isTrue();
    return all.found();
  }

  private List<String> ids(Query.Promises query, @Nullable String after) {
    return promises(query, after).stream().map(Promise::id).toList();
  }

  @Test
  void aPromiseIsFoundByItsWholeIdAlone() {
    Promise one = put("order", "k", "v");
    put("order.1");
    put("orders");
    assertThat(reader.promise("order")).isEqualTo(one);
    settle(one, PromiseRecord.State.RESOLVED);
    assertThat(reader.promise("order")).isEqualTo(settled(one, PromiseRecord.State.RESOLVED));
    assertThat(reader.promise("orde")).isNull();
    assertThat(reader.promise("order.")).isNull();
    assertThat(reader.promise("")).isNull();
  }

  @Test
  void aReaderSeesWhatHasBeenSavedAndNothingElse() {
    assertThat(promises(Query.Promises.ALL, null)).isEmpty();
    Promise pending = put("p", "k", "v");
    assertThat(promises(Query.Promises.ALL, null)).containsExactly(pending);
    settle(pending, PromiseRecord.State.REJECTED);
    assertThat(promises(Query.Promises.ALL, null))
        .containsExactly(settled(pending, PromiseRecord.State.REJECTED));
    try {
      storage.<Boolean>transact(rows -> {
        rows.save(List.of(new Change.PutPromise(null, promise("lost"))));
        throw new StorageException("failed", new IllegalStateException());
      });
    } catch (StorageException e) {
      // Memory alone keeps what could not be saved, since it saves nothing.
    }
    save(new Change.Clear());
    assertThat(promises(Query.Promises.ALL, null)).isEmpty();
  }

  @Test
  void rowsComeInTheOrderOfTheirBytes() {
    List<String> ids = List.of("B", "a", "b", "\u00e9", "\uffee", "\ud83d\ude00");
    for (String id : List.of("b", "a", "\u00e9", "B", "\ud83d\ude00", "\uffee")) {
      put(id);
    }
    assertThat(ids(Query.Promises.ALL, null)).isEqualTo(ids);
    assertThat(ids(Query.Promises.ALL, "")).isEqualTo(ids);
    for (int i = 0; i < ids.size(); i++) {
      assertThat(ids(Query.Promises.ALL, ids.get(i))).isEqualTo(ids.subList(i + 1, ids.size()));
    }
    assertThat(ids(Query.Promises.ALL, "aa"))
        .containsExactly("b", "\u00e9", "\uffee", "\ud83d\ude00");
  }

  @Test
  void promisesAreFoundByTheirState() {
    for (PromiseRecord.State state : PromiseRecord.State.values()) {
      Promise promise = put(state.wire());
      if (state != PromiseRecord.State.PENDING) {
        settle(promise, state);
      }
    }
    for (PromiseRecord.State state : PromiseRecord.State.values()) {
      assertThat(ids(new Query.Promises(state, Map.of(), ""), null)).containsExactly(state.wire());
    }
  }

  @Test
  void tagsMustAllBeThereWhateverIsInThem() {
    String odd = "a\"\\\u0000\n\u00e9\ud83d\ude00%_'";
    Promise one = put("1", "env", "a", "n", "1", odd, odd);
    Promise two = put("2", "env", "a", "n", "2");
    put("3", "env", "aa", "xenv", "a", "n", "1\",\"env\":\"a");
    settle(two, PromiseRecord.State.RESOLVED);
    assertThat(ids(with("env", "a"), null)).containsExactly("1", "2");
    assertThat(ids(with("env", "a", "n", "2"), null)).containsExactly("2");
    assertThat(promises(with(odd, odd), null)).containsExactly(one);
    assertThat(ids(with("env", ""), null)).isEmpty();
    assertThat(ids(with("none", ""), null)).isEmpty();
    var pending = new Query.Promises(PromiseRecord.State.PENDING, Map.of("env", "a"), "");
    assertThat(ids(pending, null)).containsExactly("1");
  }

  /** A request may hold more than a statement can compare. */
  @Test
  void thousandsOfTagsMayBeAskedFor() {
    String[] many = new String[10_000];
    for (int i = 0; i < many.length; i += 2) {
      many[i] = "k" + i;
      many[i + 1] = "v";
    }
    put("1", many);
    put("2", Arrays.copyOf(many, many.length - 2));
    assertThat(ids(with(many), null)).containsExactly("1");
    var pending = new Query.Promises(PromiseRecord.State.PENDING, with(many).tags(), "");
    assertThat(ids(pending, null)).containsExactly("1");
  }

  @Test
  void aTreeIsFoundWholeWhateverItsIdsAre() {
    List<String> ids =
        List.of("r", "r.1", "r.1.2", "r:a", "chosen", "r2", "r.x", "r/y", "r-", "R.1", "\u00e9");
    for (String id : ids) {
      put(id, Tags.ORIGIN, "r");
    }
    put("r.other", Tags.ORIGIN, "r.other");
    put("r.none");
    put("stranger", Tags.ORIGIN, "r.1");
    put("zz", Tags.ORIGIN, "rr");
    settleEverySecond();
    var tree = ids.stream().sorted(IdOrder.INSTANCE).toList();
    assertThat(ids(with(Tags.ORIGIN, "r"), null)).isEqualTo(tree);
    for (int i = 0; i < tree.size(); i++) {
      assertThat(ids(with(Tags.ORIGIN, "r"), tree.get(i)))
          .isEqualTo(tree.subList(i + 1, tree.size()));
    }
    assertThat(ids(with(Tags.ORIGIN, "r.1"), null)).containsExactly("stranger");
    assertThat(ids(with(Tags.ORIGIN, "r.other"), null)).containsExactly("r.other");
    assertThat(ids(with(Tags.ORIGIN, ""), null)).isEmpty();
  }

  private void settleEverySecond() {
    int i = 0;
    for (Promise promise : promises(Query.Promises.ALL, null)) {
      if (i++ % 2 == 0) {
        settle(promise, PromiseRecord.State.RESOLVED);
      }
    }
  }

  @Test
  void aBranchIsFoundWhole() {
    for (String id : List.of("b", "b.1", "other", "a")) {
      put(id, Tags.BRANCH, "b");
    }
    put("b.2", Tags.BRANCH, "b.2");
    settleEverySecond();
    assertThat(ids(with(Tags.BRANCH, "b"), null)).containsExactly("a", "b", "b.1", "other");
    assertThat(ids(with(Tags.BRANCH, "b"), "b")).containsExactly("b.1", "other");
    assertThat(ids(with(Tags.BRANCH, "b", "k", "v"), null)).isEmpty();
  }

  @Test
  void whatBeginsWithAPrefixIsOneStretchOfTheIds() {
    for (String id : List.of("a", "ab", "ab1", "ab2", "ac", "b", "ab\ud83d\ude00")) {
      put(id, Tags.ORIGIN, "ab", Tags.BRANCH, "ab");
    }
    var prefixed = List.of("ab", "ab1", "ab2", "ab\ud83d\ude00");
    for (var tags :
        List.of(Map.<String, String>of(), Map.of(Tags.ORIGIN, "ab"), Map.of(Tags.BRANCH, "ab"))) {
      var query = new Query.Promises(null, tags, "ab");
      assertThat(ids(query, null)).isEqualTo(prefixed);
      assertThat(ids(query, "a")).isEqualTo(prefixed);
      assertThat(ids(query, "ab")).isEqualTo(prefixed.subList(1, 4));
      assertThat(ids(query, "ab1")).isEqualTo(prefixed.subList(2, 4));
      assertThat(ids(query, "b")).isEmpty();
    }
  }

  private Task putTask(String id, TaskState state) {
    Task task = new Task(id, TARGET, 3, state);
    save(
        new Change.PutPromise(null, promise(id, Tags.TARGET, TARGET)),
        new Change.PutTask(null, task));
    return task;
  }

  private List<Reader.TaskRow> tasks(TaskRecord.@Nullable State state, @Nullable String after) {
    Portion<Reader.TaskRow> all = Portion.unlimited();
    reader.tasks(new Query.Tasks(state), after, all);
    return all.found();
  }

  @Test
  void tasksAreFoundByTheirStateWithWhatHasFiredForThem() {
    put("awaited-1");
    put("awaited-2");
    put("no task");
    Task offered = putTask("a", new TaskState.Pending(7, true));
    Task delayed = putTask("b", new TaskState.Pending(8, false));
    Task acquired = putTask("c", new TaskState.Acquired("pid", 60, 99, 39));
    Task suspended = putTask("d", new TaskState.Suspended());
    Task halted = putTask("e", new TaskState.Halted());
    Promise done = promise("f", Tags.TARGET, TARGET);
    Task fulfilled = new Task("f", TARGET, 3, new TaskState.Fulfilled());
    save(
        new Change.PutPromise(null, settled(done, PromiseRecord.State.RESOLVED)),
        new Change.PutTask(null, fulfilled),
        new Change.PutCallback("awaited-1", "a", true),
        new Change.PutCallback("awaited-2", "a", true),
        new Change.PutCallback("awaited-1", "e", true),
        new Change.PutCallback("awaited-1", "d", false));
    var rows =
        List.of(
            new Reader.TaskRow(offered, 2),
            new Reader.TaskRow(delayed, 0),
            new Reader.TaskRow(acquired, 0),
            new Reader.TaskRow(suspended, 0),
            new Reader.TaskRow(halted, 1),
            new Reader.TaskRow(fulfilled, 0));
    assertThat(tasks(null, null)).isEqualTo(rows);
    assertThat(tasks(null, "b")).isEqualTo(rows.subList(2, 6));
    assertThat(tasks(TaskRecord.State.PENDING, null)).isEqualTo(rows.subList(0, 2));
    assertThat(tasks(TaskRecord.State.ACQUIRED, null)).isEqualTo(rows.subList(2, 3));
    assertThat(tasks(TaskRecord.State.SUSPENDED, null)).isEqualTo(rows.subList(3, 4));
    assertThat(tasks(TaskRecord.State.HALTED, null)).isEqualTo(rows.subList(4, 5));
    assertThat(tasks(TaskRecord.State.FULFILLED, null)).isEqualTo(rows.subList(5, 6));
    save(new Change.DeleteCallback("awaited-1", "a"));
    assertThat(tasks(null, null).getFirst().resumes()).isOne();
  }

  @Test
  void schedulesAreFoundByTheTagsOfTheirPromises() {
    for (String id : List.of("s1", "s2", "s3")) {
      Map<String, String> tags = id.equals("s2") ? Map.of("k", "other") : Map.of("k", "v");
      save(
          new Change.PutSchedule(
              new Schedule(id, "* * * * *", "p", 10, Value.EMPTY, tags, 1, 2, null)));
    }
    Portion<Schedule> portion = Portion.unlimited();
    reader.schedules(new Query.Schedules(Map.of("k", "v")), null, portion);
    assertThat(portion.found()).extracting(Schedule::id).containsExactly("s1", "s3");
    Portion<Schedule> rest = Portion.unlimited();
    reader.schedules(Query.Schedules.ALL, "s1", rest);
    assertThat(rest.found()).extracting(Schedule::id).containsExactly("s2", "s3");
  }

  @Test
  void portionsOfAnySizeShowEachRowOnce() {
    var rows = new TreeMap<String, Promise>(IdOrder.INSTANCE);
    for (int i = 0; i < 30; i++) {
      String id = (i % 4 == 0 ? "far-" : "r.") + i;
      Promise promise =
          put(id, Tags.ORIGIN, i % 3 == 0 ? "other" : "r", "third", Integer.toString(i % 3));
      rows.put(id, promise);
    }
    for (var query : List.of(Query.Promises.ALL, with("third", "1"), with(Tags.ORIGIN, "r"))) {
      Predicate<Promise> isWanted = query::matches;
      for (int size : List.of(1, 2, 7, 30)) {
        var seen = new ArrayList<Promise>();
        String after = null;
        Portion<Promise> portion;
        do {
          portion = Portion.ofRows(size);
          reader.promises(query, after, portion);
          seen.addAll(portion.found());
          after = portion.lookedUpTo() == null ? after : portion.lookedUpTo();
        } while (!portion.isAtEnd());
        assertThat(seen).isEqualTo(rows.values().stream().filter(isWanted).toList());
      }
    }
  }

  @Test
  void rowsThatAreFarApartAreFoundInPortionsOfBoundedWork() {
    var changes = new ArrayList<Change>();
    for (int i = 0; i < 1_500; i++) {
      var tags = i % 500 == 255 || i % 500 == 256 ? Map.of("k", "v") : Map.of("k", "other");
      var promise =
          new Promise(
              "p%04d".formatted(i), Value.EMPTY, tags, 99_999, 1, new PromiseState.Pending());
      changes.add(new Change.PutPromise(null, promise));
    }
    save(changes.toArray(Change[]::new));
    for (int size : List.of(255, 256, 257, 1_000, Integer.MAX_VALUE)) {
      for (var state : new PromiseRecord.State[] {null, PromiseRecord.State.PENDING}) {
        var query = new Query.Promises(state, Map.of("k", "v"), "");
        var seen = new ArrayList<String>();
        String after = null;
        Portion<Promise> portion;
        do {
          portion = Portion.ofRows(size);
          reader.promises(query, after, portion);
          portion.found().forEach(it -> seen.add(it.id()));
          assertThat(portion.looked()).isLessThanOrEqualTo(size);
          after = portion.lookedUpTo() == null ? after : portion.lookedUpTo();
        } while (!portion.isAtEnd());
        assertThat(seen).containsExactly("p0255", "p0256", "p0755", "p0756", "p1255", "p1256");
      }
    }
  }

  @Test
  void everythingIsShownAtOnceUnlessItIsTooMuch() {
    Promise p = put("p");
    Task suspended = putTask("w", new TaskState.Suspended());
    save(
        new Change.PutCallback("p", "w", false),
        new Change.PutListener("p", "poll://uni@g/a"),
        new Change.PutListener("p", "poll://uni@g/b"));
    assertThat(reader.everything(Long.MAX_VALUE))
        .isEqualTo(
            new Reader.Everything(
                List.of(p, promise("w", Tags.TARGET, TARGET)),
                List.of(new Reader.TaskRow(suspended, 0)),
                List.of(new Reader.Callback("p", "w")),
                List.of(
                    new Command.Listener("p", "poll://uni@g/a"),
                    new Command.Listener("p", "poll://uni@g/b"))));
    assertThat(reader.everything(300)).isNull();
  }

  @Test
  void severalReadersReadAtOnceWhileOthersWrite() throws InterruptedException {
    var failures = new ArrayList<Throwable>();
    var threads = new ArrayList<Thread>();
    for (int t = 0; t < 3; t++) {
      threads.add(
          Thread.ofPlatform()
              .uncaughtExceptionHandler((_, e) -> {
                synchronized (failures) {
                  failures.add(e);
                }
              })
              .start(() -> {
                try (Reader own = storage.reader()) {
                  int seen = 0;
                  while (seen < 200) {
                    Portion<Promise> portion = Portion.unlimited();
                    own.promises(Query.Promises.ALL, null, portion);
                    int now = portion.found().size();
                    assertThat(now).as("what was there stays").isGreaterThanOrEqualTo(seen);
                    assertThat(now % 2).as("a transaction shows whole").isZero();
                    seen = now;
                  }
                }
              }));
    }
    for (int i = 0; i < 100; i++) {
      save(
          new Change.PutPromise(null, promise("a" + i)),
          new Change.PutPromise(null, promise("b" + i)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }
}
