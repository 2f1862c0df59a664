package dev.baton.server.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Change;
import dev.baton.core.MemoryState;
import dev.baton.core.RuleSet;
import dev.baton.core.Schedule;
import dev.baton.protocol.Value;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.rows.Batch;
import dev.baton.testing.Postgres;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A successor reads many schedules, and large ones, in portions. */
class ScheduleRowsIT {

  private static final int SMALL = 1_200;
  private static final int LARGE = 12;
  private static final int LARGE_BYTES = 200_000;

  private final String url = Postgres.shared().newDatabase();
  private final List<Schedule> schedules = new ArrayList<>();
  private final MemoryState state = new MemoryState(RuleSet.Profile.RELEASE);

  /** How many bytes each statement has given. */
  private final List<Integer> given = new ArrayList<>();

  @BeforeEach
  void fill() {
    for (int i = 0; i < SMALL + LARGE; i++) {
      schedules.add(schedule("s" + i, i % 100 == 7 ? LARGE_BYTES : 20));
    }
    List<Change> changes = new ArrayList<>();
    schedules.forEach(schedule -> changes.add(new Change.PutSchedule(schedule)));
    try (var owner =
        PostgresStorage.open(
            PostgresStorage.Settings.of(url, Postgres.USER), RuleSet.Profile.RELEASE)) {
      owner.transact(rows -> {
        rows.save(changes);
        return true;
      });
    }
  }

  private static Schedule schedule(String id, int payload) {
    return new Schedule(
        id,
        "* * * * *",
        "{{.id}}",
        5,
        new Value(null, "x".repeat(payload)),
        Map.of("a", "b"),
        1,
        2,
        null);
  }

  private Connection watched() throws SQLException {
    return proxy(Connection.class, DriverManager.getConnection(url, Postgres.USER, ""));
  }

  /** Hands on what is asked, and counts what statements give. */
  private <T> T proxy(Class<T> type, Object real) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              try {
                return seen(method.getName(), method.invoke(real, arguments));
              } catch (InvocationTargetException e) {
                throw e.getTargetException();
              }
            }));
  }

  private @Nullable Object seen(String method, @Nullable Object answer) {
    return switch (answer) {
      case PreparedStatement statement -> proxy(PreparedStatement.class, statement);
      case ResultSet rows -> {
        given.add(0);
        yield proxy(ResultSet.class, rows);
      }
      case byte[] bytes when method.equals("getBytes") -> {
        given.set(given.size() - 1, given.getLast() + bytes.length);
        yield bytes;
      }
      case null, default -> answer;
    };
  }

  private void assertAllAreRead() {
    for (Schedule schedule : schedules) {
      assertThat(state.schedule(schedule.id())).isEqualTo(schedule);
    }
    assertThat(given).hasSizeGreaterThan(LARGE);
    assertThat(given).allMatch(bytes -> bytes < LARGE_BYTES + 1_000);
  }

  @Test
  void thoseThatWereWrittenAreReadAgainInPortions() throws SQLException {
    Batch batch = new Batch();
    schedules.forEach(schedule -> batch.add(new Change.PutSchedule(schedule)));
    batch.add(new Change.PutSchedule(schedule("gone", 1)));
    Touched touched = new Touched();
    touched.add(batch);
    state.apply(new Change.PutSchedule(schedule("gone", 1)));
    try (Connection connection = watched()) {
      new Refresh(connection, new UnreadableRows(), state, new Fetched()).execute(touched);
    }
    assertAllAreRead();
    assertThat(state.schedule("gone")).isNull();
  }

  @Test
  void allAreReadInPortionsAtTheStart() throws SQLException {
    try (Connection connection = watched()) {
      new Loader(connection, new UnreadableRows()).load(state, new Fetched());
    }
    assertAllAreRead();
  }
}
