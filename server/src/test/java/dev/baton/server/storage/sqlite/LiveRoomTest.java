package dev.baton.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.core.Change;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.RuleSet;
import dev.baton.protocol.Value;
import dev.baton.server.storage.StorageException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is pending in a file may be more than there is memory for. */
class LiveRoomTest {

  private static final int COUNT = 500;
  private static final String PAYLOAD = "x".repeat(3_000);

  @TempDir Path folder;

  private SqliteStorage open(LiveRoom room) {
    return SqliteStorage.open(
        folder.resolve("baton.db"),
        RuleSet.Profile.RELEASE,
        new SqliteStorage.Settings(1_000, null, room));
  }

  private static Promise promise(int number) {
    return new Promise(
        "p" + number,
        Value.ofData(PAYLOAD),
        Map.of(),
        Long.MAX_VALUE,
        1,
        new PromiseState.Pending());
  }

  @BeforeEach
  void fill() {
    try (SqliteStorage storage = open(LiveRoom.UNLIMITED)) {
      storage.transact(rows -> {
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
          changes.add(new Change.PutPromise(null, promise(i)));
        }
        rows.save(changes);
        return changes.size();
      });
      assertThat(storage.liveBytes()).isGreaterThan((long) COUNT * PAYLOAD.length());
    }
  }

  @Test
  void whatDoesNotFitIsLoadedWithoutItsPayloadAndAnsweredWhole() {
    LiveRoom room = new LiveRoom(600_000, Long.MAX_VALUE);
    try (SqliteStorage storage = open(room)) {
      assertThat(storage.livePromises()).isEqualTo(COUNT);
      assertThat(storage.liveBytes()).isLessThan(room.most());
      for (int i = 0; i < COUNT; i++) {
        Promise found = storage.live().wholePromise("p" + i);
        assertThat(found == null ? null : found.param().data()).isEqualTo(PAYLOAD);
      }
    }
  }

  @Test
  void moreThanIsBearableEndsTheStartAndSaysWhatIsNeeded() {
    assertThatThrownBy(() -> open(new LiveRoom(10_000, 20_000)))
        .isInstanceOf(StorageException.class)
        .hasMessageContainingAll(COUNT + " pending promises", "-Xmx");
    try (SqliteStorage storage = open(new LiveRoom(10_000, Long.MAX_VALUE))) {
      assertThat(storage.livePromises()).as("it starts with more than its share").isEqualTo(COUNT);
    }
  }
}
