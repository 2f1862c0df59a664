package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.server.auth.Access;
import dev.baton.server.background.BackgroundThread;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.Dispatchers;
import dev.baton.server.dispatch.GroupSnapshot;
import dev.baton.server.groups.Groups;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GroupTextsTest {

  private static final Access ALL = Access.ofPrefix("");

  private final Dispatcher dispatcher = Dispatchers.plain();
  private final GroupTexts texts = new GroupTexts();

  private Groups lookAt(long now) {
    Groups groups = new Groups(dispatcher.snapshots(1_000).groups(), now, 0);
    texts.begin(groups);
    return groups;
  }

  private static GroupSnapshot find(Groups groups, String name) {
    return Objects.requireNonNull(groups.find(name));
  }

  private String list(Access access) {
    return new String(texts.list(access), StandardCharsets.UTF_8);
  }

  private void taskIsReady(String group, long now) {
    dispatcher.moved(
        null, new Task("t", "poll://any@" + group, 0, new TaskState.Pending(now, true)), now);
    dispatcher.pump(now);
  }

  @Test
  void aTextIsWrittenAnewOnlyWhereSomethingHasChangedOrMovesWithTime() {
    dispatcher.slots("quiet", 1);
    dispatcher.slots("set", 1);
    taskIsReady("waiting", 1_000);
    Groups first = lookAt(1_000);
    byte[] quiet = texts.of(find(first, "quiet"), ALL);
    assertThat(list(ALL)).contains("\"oldestReadySeconds\":0.0").contains("\"slotsPerWorker\":1");
    dispatcher.slots("set", 7);
    Groups second = lookAt(3_000);
    assertThat(texts.of(find(second, "quiet"), ALL)).isSameAs(quiet);
    assertThat(list(ALL)).contains("\"oldestReadySeconds\":2.0").contains("\"slotsPerWorker\":7");
  }

  /** It may have megabytes, which whoever else is served waits for when they are collected. */
  @Test
  void theListTakesLittleMoreMemoryThanItsBytes() {
    for (int i = 0; i < 2_000; i++) {
      dispatcher.slots("group-" + i, 1);
    }
    dispatcher.snapshots(10_000);
    lookAt(1_000);
    texts.list(ALL);
    dispatcher.slots("group-7", 2);
    lookAt(1_001);
    texts.of(find(lookAt(1_001), "group-7"), ALL);
    long began = BackgroundThread.allocatedBytes();
    byte[] list = texts.list(ALL);
    long taken = BackgroundThread.allocatedBytes() - began;
    assertThat(list).hasSizeGreaterThan(200_000);
    assertThat(taken).isLessThan(list.length * 3L / 2);
  }

  /** Who may see all has been told before. */
  @Test
  void nobodyIsToldOfGroupsOutOfReach() {
    dispatcher.slots("a-1", 1);
    dispatcher.slots("b-1", 1);
    for (int look = 0; look < 2; look++) {
      lookAt(1_000 + look);
      assertThat(list(ALL)).contains("a-1").contains("b-1");
      assertThat(list(Access.ofPrefix("a-"))).contains("a-1").doesNotContain("b-1");
      assertThat(list(Access.ofPrefix("b-"))).contains("b-1").doesNotContain("a-1");
      assertThat(list(ALL)).contains("a-1").contains("b-1");
    }
  }
}
