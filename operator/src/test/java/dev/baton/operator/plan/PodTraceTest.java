package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.server.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodTraceTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final WorkerPod pod = APod.named("a").build();
  private Map<String, PodTrace> traces = Map.of();

  @Test
  void theLongestGapOfLateIsRemembered() {
    look(0, 1);
    look(2, 0);
    assertThat(look(22, 1).gap()).isEqualTo(Duration.ofSeconds(20));
    look(23, 0);
    assertThat(look(24, 1).gap()).as("it fades").isEqualTo(Duration.ofSeconds(18));
    look(25, 0);
    assertThat(look(85, 1).gap()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void aTaskThatIsLookedAtSeldomIsNoGap() {
    look(0, 1);
    assertThat(look(300, 1)).isEqualTo(new PodTrace(START.plusSeconds(300), null));
  }

  @Test
  void aWorkerThatHasNeverRunIsNotLost() {
    WorkerPod pending = APod.named("a").life(new WorkerPod.Life.Starting(true)).build();
    assertThat(missing(0, pending).lostSince()).isNull();
    assertThat(missing(1, pod).lostSince()).isEqualTo(START.plusSeconds(1));
    assertThat(missing(2, pending).lostSince())
        .as("another container is started again")
        .isEqualTo(START.plusSeconds(1));
  }

  private PodTrace missing(int seconds, WorkerPod which) {
    var nobody = new Attendance.Known(Map.of());
    traces = PodTrace.follow(traces, List.of(which), _ -> nobody, START.plusSeconds(seconds));
    return traces.getOrDefault("a", PodTrace.NONE);
  }

  private PodTrace look(int seconds, int load) {
    Attendance attendance =
        Attendance.of(
            new Sighting.Seen(AGroup.of(List.of(AGroup.worker("a", load, false)))), List.of(pod));
    traces = PodTrace.follow(traces, List.of(pod), _ -> attendance, START.plusSeconds(seconds));
    return traces.getOrDefault("a", PodTrace.NONE);
  }
}
