package dev.baton.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoryTest {
  private static final long MS = 1_000_000;

  private final Story story = new Story(3, List.of("w1", "w2"));

  @BeforeEach
  void ofThreeCallsTwoRun() {
    started("w1", "c1", 1, 0);
    started("w2", "c2", 1, 0);
  }

  @Test
  void theWorkerWithTheLongestCallIsKilledWhenNoCallWaitsAndAnotherIsIdle() {
    finishTheOthers();
    assertThat(story.victim()).contains("w2");
  }

  @Test
  void nobodyIsKilledWhileEveryWorkerIsBusy() {
    finished("w1", "c1");
    started("w1", "c3", 1, 0);
    assertThat(story.victim()).isEmpty();
  }

  @Test
  void nobodyIsKilledWhileACallWaits() {
    finished("w1", "c1");
    assertThat(story.victim()).isEmpty();
  }

  @Test
  void itIsTheLongestOfThoseThatRunWhenTheLongestOfAllIsDone() {
    finished("w2", "c2");
    started("w2", "c3", 1, 0);
    finished("w2", "c3");
    assertThat(story.victim()).contains("w1");
  }

  @Test
  void ofSeveralThatRunItIsTheLongest() {
    var busy = new Story(3, List.of("w1", "w2", "w3", "w4"));
    busy.on(new WorkerEvent("w1", "started", "c1", 3, 1), 0);
    busy.on(new WorkerEvent("w2", "started", "c2", 9, 1), 0);
    busy.on(new WorkerEvent("w3", "started", "c3", 4, 1), 0);
    assertThat(busy.victim()).contains("w2");
    busy.on(new WorkerEvent("w2", "finished", "c2", 9, 1), 0);
    assertThat(busy.victim()).contains("w3");
  }

  @Test
  void nobodyIsKilledWhenAllIsDone() {
    finishTheOthers();
    finished("w2", "c2");
    assertThat(story.victim()).isEmpty();
  }

  @Test
  void theTakeoverIsTimedFromTheKillToTheStartOfTheSameCall() {
    finishTheOthers();
    assertThat(story.killed("w2", 5000 * MS)).contains("w2", "c2");
    assertThat(story.takeoverMs()).isEmpty();
    assertThat(started("w1", "c2", 2, 6234 * MS))
        .isEqualTo("took over c2 (cost 9, attempt 2), 1234 ms after the kill");
    assertThat(story.takeoverMs()).hasValue(1234);
  }

  @Test
  void onlyOneWorkerIsKilled() {
    finishTheOthers();
    story.killed("w2", 0);
    started("w1", "c2", 2, 0);
    assertThat(story.victim()).isEmpty();
  }

  @Test
  void aWorkerWithoutACallIsNotKilled() {
    finishTheOthers();
    assertThatThrownBy(() -> story.killed("w1", 0)).hasMessage("w1 has no call");
  }

  private void finishTheOthers() {
    finished("w1", "c1");
    started("w1", "c3", 1, 0);
    finished("w1", "c3");
  }

  private String started(String worker, String call, int attempt, long atNanos) {
    return story.on(new WorkerEvent(worker, "started", call, 9, attempt), atNanos);
  }

  private void finished(String worker, String call) {
    story.on(new WorkerEvent(worker, "finished", call, 9, 1), 0);
  }
}
