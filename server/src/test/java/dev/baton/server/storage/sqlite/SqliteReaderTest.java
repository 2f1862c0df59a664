package dev.baton.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Change;
import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.Value;
import dev.baton.server.background.BackgroundThread;
import dev.baton.server.read.Readers;
import dev.baton.server.storage.ReaderContract;
import dev.baton.server.storage.Storage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteReaderTest extends ReaderContract {

  @TempDir Path folder;

  @Override
  protected Storage newStorage() {
    return open("baton.db");
  }

  private SqliteStorage open(String name) {
    return SqliteStorage.open(folder.resolve(name), RuleSet.Profile.RELEASE);
  }

  private Connection connect(String name) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(name));
  }

  @Test
  void treesOfAFileThatAnOlderServerWroteAreFoundToo() throws Exception {
    var tags = Map.of(Tags.ORIGIN, "r");
    try (Storage storage = open("old.db")) {
      for (String id : List.of("r", "r.1", "chosen", "r2")) {
        Promise promise =
            new Promise(id, Value.EMPTY, tags, Long.MAX_VALUE, 5, new PromiseState.Pending());
        var settled = new PromiseState.Settled(PromiseRecord.State.RESOLVED, Value.EMPTY, 9);
        storage.<Boolean>transact(rows -> {
          rows.save(List.of(new Change.PutPromise(null, promise.settled(settled))));
          return true;
        });
      }
    }
    try (var connection = connect("old.db");
        var statement = connection.createStatement()) {
      statement.executeUpdate(
          """
          INSERT INTO promises (id, state, tags, timeout_at, created_at, settled_at)
            VALUES ('odd', 1, 'no json: "resonate:origin"', 1, 1, 1);
          DROP INDEX promises_origin;
          DROP INDEX callbacks_fired;
          ALTER TABLE promises DROP COLUMN origin;
          ALTER TABLE promises DROP COLUMN task_acquired_at;
          PRAGMA user_version = 2;
          """);
    }
    try (Storage storage = open("old.db");
        Reader reader = storage.reader()) {
      Portion<Promise> tree = Portion.unlimited();
      reader.promises(new Query.Promises(null, tags, ""), null, tree);
      assertThat(tree.found()).extracting(Promise::id).containsExactly("chosen", "r", "r.1", "r2");
    }
  }

  /** While it is collected everybody waits; a search that finds nothing is what makes most. */
  @Test
  void aRowThatIsPassedOverLeavesNextToNoGarbage() throws Exception {
    int rows = 50_000;
    try (Storage storage = open("large.db");
        Reader reader = storage.reader()) {
      fill("large.db", rows);
      search(reader); // What is new loads.
      long began = BackgroundThread.allocatedBytes();
      int looked = search(reader);
      long taken = BackgroundThread.allocatedBytes() - began;
      assertThat(looked).isGreaterThan(rows - 5_000);
      assertThat(taken).isLessThan(4L * rows);
    }
  }

  private void fill(String name, int rows) throws SQLException {
    try (var connection = connect(name);
        var statement = connection.createStatement()) {
      statement.executeUpdate(
          """
          WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT %d)
          INSERT INTO promises (id, state, tags, timeout_at, created_at, settled_at)
            SELECT printf('p-%%08d', n), 1, '{"k":"v"}', 1, 1, 1 FROM numbers
          """
              .formatted(rows));
    }
  }

  /** As a thread of readers does it; answers how many rows it came past, but for the last few. */
  private static int search(Reader reader) {
    var query = new Query.Promises(null, Map.of("no", "where"), "");
    int looked = 0;
    String after = null;
    for (boolean isAtEnd = false; !isAtEnd; ) {
      Portion<Promise> portion = Portion.within(Readers.bound(), 1 << 20);
      reader.promises(query, after, portion);
      assertThat(portion.found()).isEmpty();
      looked += portion.looked();
      after = portion.lookedUpTo();
      isAtEnd = portion.isAtEnd();
    }
    return looked;
  }

  /** What is prepared for one search serves the next, which finds what it asks for itself. */
  @Test
  void searchesInTurnFindWhatEachAsksFor() throws Exception {
    try (Storage storage = open("large.db");
        Reader reader = storage.reader()) {
      fill("large.db", 100);
      for (int round = 0; round < 3; round++) {
        for (int shape = 0; shape < 8; shape++) { // More than are kept.
          for (String prefix : List.of("", "p-0000001", "p-00000100", "q")) {
            var tags = new HashMap<>(Map.of("k", "v"));
            for (int i = 0; i < shape; i++) {
              tags.put("no-" + i, "where");
            }
            Portion<Promise> found = Portion.unlimited();
            reader.promises(new Query.Promises(null, tags, prefix), null, found);
            long expected =
                IntStream.rangeClosed(1, shape == 0 ? 100 : 0)
                    .filter(n -> "p-%08d".formatted(n).startsWith(prefix))
                    .count();
            assertThat(found.found()).as("%s of %s", prefix, tags).hasSize((int) expected);
          }
        }
      }
    }
  }

  /** A search of everything is as quick as it can be; those that an index serves look at less. */
  @Test
  void treesAndBranchesAndWhatIsPendingAreFoundByIndexes() throws Exception {
    var pending = PromiseRecord.State.PENDING;
    for (Scan scan :
        List.of(
            Scan.of(new Query.Promises(null, Map.of(Tags.ORIGIN, "o", "k", "v"), ""), "a"),
            Scan.of(new Query.Promises(pending, Map.of(Tags.ORIGIN, "o"), "p"), null),
            Scan.of(new Query.Promises(null, Map.of(Tags.BRANCH, "b"), ""), "a"),
            Scan.of(new Query.Promises(pending, Map.of("k", "v"), ""), "a"),
            Scan.of(Query.Promises.startingWith("a"), null),
            Scan.of(new Query.Tasks(TaskRecord.State.ACQUIRED), "a"))) {
      assertThat(plan(scan))
          .allMatch(step -> step.startsWith("SEARCH promises") || !step.contains("promises"))
          .as("rows come in order by themselves")
          .noneMatch(step -> step.contains("TEMP B-TREE"));
    }
  }

  private List<String> plan(Scan scan) throws SQLException {
    return switch (scan) {
      case Scan.Indexed(var sql, var arguments) -> plan(sql, arguments);
      case Scan.Whole whole -> {
        List<String> steps = new ArrayList<>();
        for (Stretches.Statement statement : Stretches.Statement.values()) {
          steps.addAll(plan(statement.sql(whole), whole.arguments()));
        }
        yield steps;
      }
    };
  }

  private List<String> plan(String sql, List<String> arguments) throws SQLException {
    List<String> steps = new ArrayList<>();
    try (var connection = connect("baton.db");
        var explain = connection.prepareStatement("EXPLAIN QUERY PLAN " + sql)) {
      int parameters = explain.getParameterMetaData().getParameterCount();
      for (int i = 0; i < parameters; i++) {
        explain.setString(i + 1, i < arguments.size() ? arguments.get(i) : "9");
      }
      try (var row = explain.executeQuery()) {
        while (row.next()) {
          steps.add(row.getString("detail"));
        }
      }
    }
    return steps;
  }
}
