package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRecord;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What schedules do beyond the protocol. */
class SchedulePolicyTest {

  private static final long MINUTE = 60_000;
  private static final String CRON = "* * * * *";

  private final World world = new World();

  private static ScheduleRequest.Create every(String cron, String... tags) {
    var all = new LinkedHashMap<>(Map.of(Tags.TARGET, World.TARGET));
    all.putAll(World.tags(tags));
    return new ScheduleRequest.Create("s", cron, "p{{.timestamp}}", 100 * MINUTE, Value.EMPTY, all);
  }

  private ScheduleRecord sent(ScheduleRequest request) {
    return ((Response.OfSchedule) world.send(request).body()).schedule();
  }

  private ScheduleRecord stored() {
    return sent(new ScheduleRequest.Get("s"));
  }

  /** Lets the clock go on to a minute, and everything happen that is due. */
  private void at(int minute) {
    world.now = minute * MINUTE;
    while (world.state.nextDueAt() <= world.now) {
      world.tick();
    }
  }

  private boolean isMade(int minute) {
    return !world.promise("p" + minute * MINUTE).equals("none");
  }

  private void settle(int minute) {
    world.send(
        new PromiseRequest.Settle(
            "p" + minute * MINUTE, PromiseRecord.State.RESOLVED, Value.EMPTY));
  }

  @Test
  void skipLeavesOutWhatIsDueWhileTheOneBeforeIsPending() {
    sent(every(CRON, Tags.OVERLAP, "skip"));
    at(1);
    at(2);
    assertThat(isMade(1)).isTrue();
    assertThat(isMade(2)).isFalse();
    assertThat(stored().lastRunAt()).isEqualTo(MINUTE);
    assertThat(stored().nextRunAt()).isEqualTo(3 * MINUTE);
    settle(1);
    assertThat(isMade(2)).isFalse();
    at(3);
    assertThat(isMade(3)).isTrue();
  }

  @Test
  void bufferOneKeepsOneWaitingUntilTheOneBeforeIsSettled() {
    sent(every(CRON, Tags.OVERLAP, "buffer_one"));
    at(1);
    at(2);
    at(3);
    assertThat(isMade(2)).isFalse();
    assertThat(stored().promiseTags()).containsEntry(Tags.BUFFERED, Long.toString(2 * MINUTE));
    world.now = 3 * MINUTE + 5_000;
    settle(1);
    assertThat(isMade(2)).isTrue();
    assertThat(isMade(3)).isFalse();
    var made = world.state.promise("p" + 2 * MINUTE);
    assertThat(made == null ? 0 : made.createdAt()).isEqualTo(3 * MINUTE + 5_000);
    assertThat(made == null ? 0 : made.timeoutAt()).isEqualTo(103 * MINUTE + 5_000);
    assertThat(world.task("p" + 2 * MINUTE)).startsWith("pending v0");
    assertThat(stored().promiseTags()).doesNotContainKey(Tags.BUFFERED);
    assertThat(stored().lastRunAt()).isEqualTo(2 * MINUTE);
    assertThat(stored().nextRunAt()).isEqualTo(4 * MINUTE);
  }

  @Test
  void whatWaitsIsMadeWhenTheOneBeforePassesItsDeadline() {
    sent(every(CRON, Tags.OVERLAP, "buffer_one"));
    at(1);
    at(2);
    at(101);
    assertThat(world.promise("p" + MINUTE)).isEqualTo("rejected_timedout at " + 101 * MINUTE);
    assertThat(isMade(2)).isTrue();
    assertThat(stored().promiseTags()).containsEntry(Tags.BUFFERED, Long.toString(3 * MINUTE));
  }

  @Test
  void withoutATagOccurrencesMayBePendingAtOnce() {
    sent(every(CRON));
    at(1);
    at(2);
    assertThat(isMade(1)).isTrue();
    assertThat(isMade(2)).isTrue();
  }

  @Test
  void whatWasMissedIsMadeUpForWithinTheWindowOnly() {
    sent(every(CRON, Tags.CATCHUP_WINDOW, Long.toString(2 * MINUTE)));
    at(1);
    at(10);
    assertThat(isMade(1)).isTrue();
    assertThat(isMade(2)).isFalse();
    assertThat(isMade(7)).isFalse();
    assertThat(isMade(8)).isTrue();
    assertThat(isMade(9)).isTrue();
    assertThat(isMade(10)).isTrue();
    assertThat(stored().nextRunAt()).isEqualTo(11 * MINUTE);
  }

  @Test
  void aPausedScheduleMakesNothingAndMakesUpForNothing() {
    sent(every(CRON));
    at(1);
    var paused = sent(new ScheduleRequest.Pause("s"));
    assertThat(paused.promiseTags()).containsEntry(Tags.PAUSED, "true");
    assertThat(paused.nextRunAt()).isEqualTo(Long.MAX_VALUE);
    assertThat(sent(new ScheduleRequest.Pause("s"))).isEqualTo(paused);
    settle(1);
    at(5);
    assertThat(isMade(2)).isFalse();
    assertThat(world.state.nextDueAt()).isEqualTo(Long.MAX_VALUE);
    var resumed = sent(new ScheduleRequest.Resume("s"));
    assertThat(resumed.promiseTags()).doesNotContainKey(Tags.PAUSED);
    assertThat(resumed.nextRunAt()).isEqualTo(6 * MINUTE);
    assertThat(sent(new ScheduleRequest.Resume("s"))).isEqualTo(resumed);
    at(6);
    assertThat(isMade(5)).isFalse();
    assertThat(isMade(6)).isTrue();
  }

  @Test
  void aScheduleMayBeBornPaused() {
    assertThat(sent(every(CRON, Tags.PAUSED, "true")).nextRunAt()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void pausingForgetsWhatWaits() {
    sent(every(CRON, Tags.OVERLAP, "buffer_one"));
    at(1);
    at(2);
    sent(new ScheduleRequest.Pause("s"));
    settle(1);
    assertThat(isMade(2)).isFalse();
  }

  @Test
  void anUpdateReplacesAllButItsPast() {
    var before = sent(every(CRON, "k", "v"));
    at(1);
    world.now = MINUTE + 1_000;
    var after =
        sent(
            new ScheduleRequest.Update(
                new ScheduleRequest.Create(
                    "s", "TZ=Europe/Berlin 0 9 * * *", "q", 5, Value.ofData("d"), Map.of())));
    assertThat(after)
        .isEqualTo(
            new ScheduleRecord(
                "s",
                "TZ=Europe/Berlin 0 9 * * *",
                "q",
                5,
                Value.ofData("d"),
                Map.of(),
                before.createdAt(),
                8 * 60 * MINUTE,
                MINUTE));
    assertThat(stored()).isEqualTo(after);
  }

  @Test
  void anUpdateWithTheSameCronKeepsTheNextOccurrence() {
    sent(every("0 0 1 1 *"));
    world.now = 5 * MINUTE;
    long next = stored().nextRunAt();
    var updated =
        sent(new ScheduleRequest.Update(every("0 0 1 1 *", Tags.BUFFERED, "7", "k", "w")));
    assertThat(updated.nextRunAt()).isEqualTo(next);
    assertThat(updated.promiseTags()).containsEntry("k", "w").doesNotContainKey(Tags.BUFFERED);
  }

  @Test
  void whatIsNotThereIsNotFound() {
    for (ScheduleRequest request :
        new ScheduleRequest[] {
          new ScheduleRequest.Update(every(CRON)),
          new ScheduleRequest.Pause("s"),
          new ScheduleRequest.Resume("s")
        }) {
      assertThat(World.describe(world.send(request))).isEqualTo("404 Schedule not found");
    }
  }

  @Test
  void promisesDoNotGetTheTagsThatAreAboutTheSchedule() {
    sent(
        every(
            CRON,
            Tags.OVERLAP,
            "skip",
            Tags.CATCHUP_WINDOW,
            "60000",
            Tags.PAUSED,
            "false",
            "k",
            "v"));
    at(1);
    var made = world.state.promise("p" + MINUTE);
    assertThat(made == null ? Map.<String, String>of() : made.tags())
        .containsEntry("k", "v")
        .doesNotContainKeys(Tags.OVERLAP, Tags.CATCHUP_WINDOW, Tags.PAUSED, Tags.BUFFERED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          baton:overlap        | replace | baton:overlap must be allow, skip or buffer_one
          baton:catchup-window | 999     | baton:catchup-window must be an integer of at least 1000
          baton:catchup-window | 1h      | baton:catchup-window must be an integer of at least 1000
          baton:paused         | yes     | baton:paused must be true or false
          """)
  void tagsThatMeanNothingAreRefused(String tag, String value, String text) {
    var rules = new RequestRules(RuleSet.Profile.RELEASE);
    var create = every(CRON, tag, value);
    assertThat(rules.check(create, null)).isEqualTo(Response.failure(400, text));
    assertThat(rules.check(new ScheduleRequest.Update(create), null))
        .isEqualTo(Response.failure(400, text));
  }
}
