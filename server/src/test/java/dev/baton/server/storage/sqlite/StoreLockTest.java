package dev.baton.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.core.RuleSet;
import dev.baton.server.ServerProcess;
import dev.baton.server.storage.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreLockTest {

  @TempDir Path folder;

  private SqliteStorage open() {
    return SqliteStorage.open(folder.resolve("baton.db"), RuleSet.Profile.RELEASE);
  }

  @Test
  void aSecondServerIsToldWhoHasTheStoreAndKillMinusNineFreesIt() throws Exception {
    ServerProcess first = ServerProcess.start(folder.resolve("baton.db"));
    try {
      assertThatThrownBy(this::open)
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("baton.db: another server has it open")
          .hasMessageContaining("process " + first.pid());
    } finally {
      first.kill();
      first.waitFor(10, TimeUnit.SECONDS);
    }
    try (SqliteStorage next = open()) {
      assertThat(next.interruptedAt()).isPositive();
    }
  }

  @Test
  void aFailedSecondOpenOfTheSameProcessTakesNothingFromTheFirst() {
    try (SqliteStorage first = open()) {
      assertThatThrownBy(this::open).hasMessageContaining("this process has it open already");
      assertThatThrownBy(this::open).hasMessageContaining("this process has it open already");
      assertThat(first.interruptedAt()).isZero();
    }
    open().close();
  }

  @Test
  void othersReadTheFileWhileAServerHasItOpenAndAnOrderlyEndIsOneAllTheSame() throws Exception {
    try (var tool = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("baton.db"))) {
      SqliteStorage first = open();
      try (var select = tool.createStatement();
          var row = select.executeQuery("SELECT COUNT(*) FROM promises")) {
        assertThat(row.next()).isTrue();
        first.close();
      }
      assertThat(folder.resolve("baton.db-wal")).as("the tool keeps it").exists();
      try (SqliteStorage second = open()) {
        assertThat(second.interruptedAt()).isZero();
      }
    }
  }

  @Test
  void aStoreThatCouldNotBeOpenedWasNotClosedInOrder() throws Exception {
    open().close();
    Path lock = folder.resolve("baton.db.lock");
    assertThat(lock).hasContent("closed");
    Files.writeString(lock, "4711\n");
    Files.writeString(folder.resolve("baton.db"), "no database".repeat(500));
    assertThatThrownBy(this::open).isInstanceOf(StorageException.class);
    assertThat(lock).hasContent("4711");
  }

  @Test
  void whoeverComesByALinkFindsTheSameLock() throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    Path other = Files.createSymbolicLink(folder.resolve("other"), data);
    Path link = Files.createSymbolicLink(folder.resolve("link.db"), Path.of("other", "baton.db"));
    for (Path first : new Path[] {link, other.resolve("baton.db"), data.resolve("baton.db")}) {
      try (SqliteStorage server = SqliteStorage.open(first, RuleSet.Profile.RELEASE)) {
        assertThat(server.interruptedAt()).isZero();
        for (Path second : new Path[] {data.resolve("baton.db"), other.resolve("baton.db"), link}) {
          assertThatThrownBy(() -> SqliteStorage.open(second, RuleSet.Profile.RELEASE))
              .as("%s after %s", second, first)
              .hasMessageContaining("this process has it open already");
        }
      }
    }
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> StoreLock.take(folder.resolve("none/baton.db")))
        .hasMessage("folder " + folder.resolve("none") + " does not exist");
  }
}
