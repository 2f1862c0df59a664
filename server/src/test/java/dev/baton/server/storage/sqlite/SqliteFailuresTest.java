package dev.baton.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.core.Change;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.RuleSet;
import dev.baton.protocol.Value;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A disk that fails at any point, for a while. */
class SqliteFailuresTest {

  @TempDir Path folder;

  /** When a call fails: before anything of it has happened, or when all of it has. */
  enum When {
    BEFORE,
    AFTER
  }

  /** Counts what is executed on connections, and fails from some call on until there is room. */
  private static final class Disk {
    private final Session.Opener real;
    private final When when;
    private int callsLeft = Integer.MAX_VALUE;

    Disk(Path file, When when) {
      this.real = SqliteStorage.opener(file);
      this.when = when;
    }

    Connection open() throws SQLException {
      return watched(Connection.class, real.open());
    }

    void failAfter(int calls) {
      callsLeft = calls;
    }

    boolean isFull() {
      return callsLeft <= 0;
    }

    private <T> T watched(Class<T> type, T target) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (_, method, arguments) -> {
                boolean isCounted = method.getName().startsWith("execute");
                callsLeft -= isCounted && callsLeft > 0 && callsLeft < Integer.MAX_VALUE ? 1 : 0;
                boolean fails = isCounted && isFull();
                if (fails && when == When.BEFORE) {
                  throw full(target);
                }
                Object result;
                try {
                  result = method.invoke(target, arguments);
                } catch (InvocationTargetException e) {
                  throw Objects.requireNonNull(e.getCause());
                }
                if (fails) {
                  throw full(target);
                }
                return switch (result) {
                  case PreparedStatement statement -> watched(PreparedStatement.class, statement);
                  case Statement statement -> watched(Statement.class, statement);
                  case null, default -> result;
                };
              }));
    }

    /** As the driver does it: a statement that failed is of no more use. */
    private SQLException full(Object target) throws SQLException {
      if (target instanceof Statement statement) {
        statement.close();
      }
      return new SQLException("[SQLITE_FULL] the disk is full");
    }
  }

  private static void create(Storage storage, String... ids) {
    List<Change> changes = new ArrayList<>();
    for (String id : ids) {
      changes.add(
          new Change.PutPromise(
              null,
              new Promise(
                  id, Value.EMPTY, Map.of(), Long.MAX_VALUE, 5, new PromiseState.Pending())));
      changes.add(new Change.PutListener(id, "poll://any@g"));
    }
    storage.transact(rows -> {
      rows.save(changes);
      return true;
    });
  }

  private static @Nullable Promise promise(Storage storage, String id) {
    return storage.transact(rows -> Optional.ofNullable(rows.state().promise(id))).orElse(null);
  }

  /** How many of the batch are there. */
  private static int sizeOfBatch(Storage storage) {
    int size = 0;
    for (String id : List.of("b1", "b2", "b3")) {
      size += promise(storage, id) == null ? 0 : 1;
    }
    return size;
  }

  @ParameterizedTest
  @EnumSource
  void whereverADiskBecomesFullNothingIsLostOrHalfDoneAndItSavesAgain(When when) {
    boolean hasFailed = true;
    for (int calls = 1; hasFailed; calls++) {
      assertThat(calls).as("a batch has an end").isLessThan(100);
      Path file = folder.resolve(when + "-" + calls + ".db");
      Disk disk = new Disk(file, when);
      try (Storage storage =
          SqliteStorage.open(
              file, disk::open, RuleSet.Profile.RELEASE, SqliteStorage.Settings.DEFAULT)) {
        create(storage, "acked");
        disk.failAfter(calls);
        try {
          create(storage, "b1", "b2", "b3");
          disk.callsLeft = Integer.MAX_VALUE;
          hasFailed = false;
          assertThat(storage.hasFailed()).isFalse();
        } catch (StorageException e) {
          assertThat(storage.hasFailed()).isTrue();
          assertThatThrownBy(storage::recover).isInstanceOf(StorageException.class);
          disk.callsLeft = Integer.MAX_VALUE;
          int size = sizeOfBatch(storage);
          assertThat(size).isIn(e.mayHaveHappened() ? List.of(0, 3) : List.of(0));
          storage.recover();
          assertThat(storage.hasFailed()).isFalse();
          assertThat(sizeOfBatch(storage)).isEqualTo(size);
        }
        create(storage, "later");
      }
      try (Storage storage = SqliteStorage.open(file, RuleSet.Profile.RELEASE)) {
        assertThat(promise(storage, "acked")).isNotNull();
        assertThat(promise(storage, "later")).isNotNull();
        assertThat(sizeOfBatch(storage)).isIn(0, 3);
      }
    }
  }

  @Test
  void whileTheDiskIsFullWhatIsThereCanBeRead() {
    Path file = folder.resolve("full.db");
    Disk disk = new Disk(file, When.BEFORE);
    try (Storage storage =
        SqliteStorage.open(
            file, disk::open, RuleSet.Profile.RELEASE, SqliteStorage.Settings.DEFAULT)) {
      create(storage, "acked");
      disk.failAfter(1);
      assertThatThrownBy(() -> create(storage, "b1")).isInstanceOf(StorageException.class);
      disk.callsLeft = Integer.MAX_VALUE;
      assertThat(promise(storage, "acked")).isNotNull();
      assertThat(promise(storage, "b1")).isNull();
      assertThat(storage.hasFailed()).as("that it can be read shows nothing").isTrue();
    }
  }

  @Test
  void aSettingThatCannotBeSavedIsNoticed() {
    Path file = folder.resolve("settings.db");
    Disk disk = new Disk(file, When.BEFORE);
    try (Storage storage =
        SqliteStorage.open(
            file, disk::open, RuleSet.Profile.RELEASE, SqliteStorage.Settings.DEFAULT)) {
      disk.failAfter(1);
      assertThatThrownBy(() -> storage.saveGroupSlots("g", 1))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("group g");
      assertThat(storage.hasFailed()).isTrue();
      disk.callsLeft = Integer.MAX_VALUE;
      storage.recover();
      storage.saveGroupSlots("g", 2);
      assertThat(storage.groupSlots()).isEqualTo(Map.of("g", 2));
    }
  }
}
