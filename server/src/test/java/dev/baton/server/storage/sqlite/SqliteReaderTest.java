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
import dev.baton.server.storage.ReaderContract;
import dev.baton.server.storage.Storage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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

  /** Else all of them would be in memory at once, with their payloads. */
  @Test
  void severalRowsAreReadOneAfterTheOther() throws SQLException {
    assertThat(plan(SqliteReader.BY_IDS, Collections.nCopies(100, "a")))
        .isNotEmpty()
        .noneMatch(step -> step.contains("TEMP B-TREE"));
  }

  private List<String> plan(Scan scan) throws SQLException {
    return switch (scan) {
      case Scan.Indexed(var sql, var arguments) -> plan(sql, arguments);
      case Scan.Whole whole -> {
        String from = whole.rows() + (whole.isFirstIncluded() ? "id >= ?1" : "id > ?1");
        var steps = plan("SELECT id " + from + " ORDER BY id LIMIT 1 OFFSET 9", whole.arguments());
        var wanted =
            "SELECT id %s AND id <= x'00' AND %s ORDER BY id".formatted(from, whole.wanted());
        steps.addAll(plan(wanted, whole.arguments()));
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
        explain.setString(i + 1, arguments.get(i));
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
