package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls by the clock, over a real server. */
@Timeout(60)
class ScheduleIT {

  private static final String EVERY_SECOND = "* * * * * *";

  private final LiveServer server = LiveServer.inMemory();
  private final Resonate client = server.client();
  private final Options toWorkers = Options.target("workers").timeout(Duration.ofMinutes(5));

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private List<PromiseRecord> occurrences(PromiseRecord.State state) {
    return client.promises().search(state, Map.of(Tags.SCHEDULE, "s")).toList();
  }

  @Test
  void whatIsSaidOfAScheduleIsStored() {
    var spec =
        ScheduleSpec.cron("0 9 * * MON-FRI")
            .timeZone(ZoneId.of("Europe/Berlin"))
            .overlap(ScheduleSpec.Overlap.BUFFER_ONE)
            .catchupWindow(Duration.ofHours(1))
            .pausedAtFirst();
    var made = client.schedules().create("s", spec, toWorkers, "report", "x");
    assertThat(made.cron()).isEqualTo("TZ=Europe/Berlin 0 9 * * MON-FRI");
    assertThat(made.promiseTags())
        .containsEntry(Tags.OVERLAP, "buffer_one")
        .containsEntry(Tags.CATCHUP_WINDOW, "3600000")
        .containsEntry(Tags.PAUSED, "true");
    assertThat(client.schedules().get("s")).isEqualTo(made);
    var resumed = client.schedules().resume("s");
    assertThat(resumed.nextRunAt()).isLessThan(made.nextRunAt());
    var updated =
        client.schedules().update("s", ScheduleSpec.cron("@daily"), toWorkers, "report", "y");
    assertThat(updated.cron()).isEqualTo("@daily");
    assertThat(updated.promiseTags()).doesNotContainKeys(Tags.OVERLAP, Tags.CATCHUP_WINDOW);
    assertThat(client.schedules().pause("s").promiseTags()).containsEntry(Tags.PAUSED, "true");
  }

  @Test
  void whatWaitsIsCalledWhenTheOneBeforeHasEnded() {
    client
        .schedules()
        .create(
            "s",
            ScheduleSpec.cron(EVERY_SECOND).overlap(ScheduleSpec.Overlap.BUFFER_ONE),
            toWorkers,
            "report");
    await().until(() -> client.schedules().get("s").promiseTags().containsKey(Tags.BUFFERED));
    var first = occurrences(PromiseRecord.State.PENDING);
    assertThat(first).hasSize(1);
    client.promises().resolve(first.getFirst().id(), 1);
    assertThat(occurrences(PromiseRecord.State.PENDING))
        .singleElement()
        .satisfies(second -> assertThat(second.id()).isNotEqualTo(first.getFirst().id()));
  }

  @Test
  void whatIsNotThereIsRefused() {
    assertThatThrownBy(() -> client.schedules().pause("none"))
        .isInstanceOfSatisfying(ServerException.class, e -> assertThat(e.status()).isEqualTo(404));
    assertThatThrownBy(
            () -> client.schedules().update("none", ScheduleSpec.cron("@daily"), toWorkers, "f"))
        .isInstanceOfSatisfying(ServerException.class, e -> assertThat(e.status()).isEqualTo(404));
    assertThatThrownBy(() -> ScheduleSpec.cron("TZ=UTC * * * * *").timeZone(ZoneId.of("UTC")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ScheduleSpec.cron("@daily").catchupWindow(Duration.ofMillis(5)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
