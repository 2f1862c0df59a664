package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRecord;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Protocol section 10. */
class ScheduleTest {

  private static final long MINUTE = 60_000;

  @Test
  void aNewScheduleRunsAtItsNextInstant() {
    var world = new World();
    world.now = 12_345;
    var schedule = schedule(world.send(every("s", "p", MINUTE)));
    assertThat(schedule.createdAt()).isEqualTo(12_345);
    assertThat(schedule.nextRunAt()).isEqualTo(MINUTE);
    assertThat(schedule.lastRunAt()).isNull();
    assertThat(world.state.nextDueAt()).isEqualTo(MINUTE);
  }

  @Test
  void aScheduleThatExistsIsAnsweredUnchanged() {
    var world = new World();
    var first = world.send(every("s", "p", MINUTE));
    world.now = 10 * MINUTE;
    assertThat(world.send(every("s", "q", 1))).isEqualTo(first);
  }

  @Test
  void aScheduleIsFoundUntilItIsDeleted() {
    var world = new World();
    assertThat(World.describe(world.send(new ScheduleRequest.Get("s"))))
        .isEqualTo("404 Schedule not found");
    var created = world.send(every("s", "p", MINUTE));
    assertThat(world.send(new ScheduleRequest.Get("s"))).isEqualTo(created);
    assertThat(world.send(new ScheduleRequest.Delete("s"))).isEqualTo(Response.ok());
    assertThat(World.describe(world.send(new ScheduleRequest.Delete("s"))))
        .isEqualTo("404 Schedule not found");
    assertThat(world.state.nextDueAt()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void anOccurrenceCreatesAPromiseWithItsLineage() {
    var world = new World();
    world.send(
        new ScheduleRequest.Create(
            "s",
            "* * * * *",
            "run.{{.id}}.{{.timestamp}}.{{ .id }}",
            90_000,
            Value.ofData("d"),
            World.tags(Tags.TARGET, World.TARGET, Tags.ORIGIN, "mine", "k", "v")));
    world.now = MINUTE;
    world.tick();
    var id = "run.s.60000.{{ .id }}";
    var promise = world.state.promise(id);
    assertThat(promise)
        .isEqualTo(
            new Promise(
                id,
                Value.ofData("d"),
                World.tags(
                    Tags.TARGET,
                    World.TARGET,
                    Tags.ORIGIN,
                    id,
                    Tags.BRANCH,
                    id,
                    Tags.PARENT,
                    id,
                    Tags.PREFIX,
                    id,
                    Tags.SCHEDULE,
                    "s",
                    "k",
                    "v"),
                MINUTE + 90_000,
                MINUTE,
                PromiseState.Pending.INSTANCE));
    assertThat(world.task(id)).isEqualTo("pending v0 retry 90000");
    var schedule = schedule(world.send(new ScheduleRequest.Get("s")));
    assertThat(schedule.lastRunAt()).isEqualTo(MINUTE);
    assertThat(schedule.nextRunAt()).isEqualTo(2 * MINUTE);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | profile | timeout | tick at | promise                    | task
          1 | RELEASE | 60000   | 60000   | pending                    | pending v0 retry 90000
          2 | RELEASE | 60000   | 70000   | pending                    | pending v0 retry 90000
          3 | MAIN    | 60000   | 70000   | pending                    | pending v0 retry 100000
          4 | RELEASE | 60000   | 120000  | rejected_timedout at 120000 | fulfilled v0
          5 | RELEASE | 0       | 60000   | rejected_timedout at 60000 | fulfilled v0
          6 | RELEASE | 9223372036854775807 | 60000 | pending          | pending v0 retry 90000
          """)
  void anOccurrenceCountsFromItsInstant(
      int row, Profile profile, long timeout, long at, String promise, String task) {
    var world = new World(profile);
    world.send(every("s", "p", timeout));
    world.now = at;
    world.tick();
    assertThat(world.promise("p")).isEqualTo(promise);
    assertThat(world.task("p")).isEqualTo(task);
    var created = world.state.promise("p");
    assertThat(created == null ? -1 : created.createdAt()).isEqualTo(MINUTE);
  }

  @Test
  void anIdThatExistsUsesTheOccurrenceUp() {
    var world = new World();
    world.send(World.create("p", 1));
    world.send(every("s", "p", MINUTE));
    world.now = MINUTE;
    world.tick();
    assertThat(world.task("p")).isEqualTo("none");
    assertThat(schedule(world.send(new ScheduleRequest.Get("s"))).nextRunAt())
        .isEqualTo(2 * MINUTE);
  }

  @Test
  void missedOccurrencesAreMadeUpForOneByTick() {
    var world = new World();
    world.send(every("s", "p{{.timestamp}}", 10 * MINUTE));
    world.now = 3 * MINUTE;
    for (long at = MINUTE; at <= 3 * MINUTE; at += MINUTE) {
      assertThat(world.state.nextDueAt()).isEqualTo(at);
      world.tick();
      assertThat(world.promise("p" + at)).isEqualTo("pending");
    }
    assertThat(world.state.nextDueAt()).isEqualTo(4 * MINUTE);
  }

  @Test
  void aTimerIsResolvedAndAPromiseWithoutTargetHasNoTask() {
    var world = new World();
    world.send(
        new ScheduleRequest.Create(
            "s", "* * * * *", "p", 5, Value.EMPTY, World.tags(Tags.TIMER, "true")));
    world.now = MINUTE;
    world.tick();
    assertThat(world.promise("p")).isEqualTo("pending");
    world.now = MINUTE + 5;
    world.tick();
    assertThat(world.promise("p")).isEqualTo("resolved at 60005");
    assertThat(world.task("p")).isEqualTo("none");
  }

  @Test
  void aScheduleThatNeverRunsHasNoTimer() {
    var world = new World();
    var response =
        world.send(
            new ScheduleRequest.Create(
                "s", "0 0 31 2 *", "p", 5, Value.EMPTY, Map.of(Tags.TARGET, World.TARGET)));
    assertThat(schedule(response).nextRunAt()).isEqualTo(Long.MAX_VALUE);
    assertThat(world.state.nextDueAt()).isEqualTo(Long.MAX_VALUE);
    world.now = Long.MAX_VALUE - 1;
    world.tick();
    assertThat(world.promise("p")).isEqualTo("none");
  }

  @Test
  void searchesFindByTagAndPage() {
    var world = new World();
    for (int i = 0; i < 12; i++) {
      world.send(
          new ScheduleRequest.Create(
              "s%02d".formatted(i),
              "* * * * *",
              "p",
              5,
              Value.EMPTY,
              Map.of("k", Integer.toString(i % 2))));
    }
    var first = page(world, new ScheduleRequest.Search(null, null, null));
    assertThat(first.schedules()).hasSize(10);
    assertThat(first.cursor()).isEqualTo("s09");
    var rest = page(world, new ScheduleRequest.Search(null, null, "s09"));
    assertThat(rest.schedules()).extracting(ScheduleRecord::id).isEqualTo(List.of("s10", "s11"));
    assertThat(rest.cursor()).isNull();
    var odd = page(world, new ScheduleRequest.Search(Map.of("k", "1"), 5L, null));
    assertThat(odd.schedules())
        .extracting(ScheduleRecord::id)
        .isEqualTo(List.of("s01", "s03", "s05", "s07", "s09"));
    assertThat(odd.cursor()).isEqualTo("s09");
  }

  private static Response.SchedulePage page(World world, ScheduleRequest.Search search) {
    return (Response.SchedulePage) world.send(search).body();
  }

  private static ScheduleRequest.Create every(String id, String promiseId, long timeout) {
    return new ScheduleRequest.Create(
        id, "* * * * *", promiseId, timeout, Value.EMPTY, Map.of(Tags.TARGET, World.TARGET));
  }

  private static ScheduleRecord schedule(Response response) {
    return ((Response.OfSchedule) response.body()).schedule();
  }
}
