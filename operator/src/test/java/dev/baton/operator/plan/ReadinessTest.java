package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.plan.WorkerPod.Life;
import dev.baton.operator.server.GroupFigures.Worker;
import dev.baton.operator.server.ServerUnavailableException.Kind;
import dev.baton.operator.server.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadinessTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # the condition before | what the server shows    | seconds since it was seen | what is written
          -     | its pid           | 0  | True Connected
          false | its pid           | 0  | True Connected
          true  | its pid           | 0  | -
          -     | its address       | 0  | True Connected
          -     | another's pid     | 0  | -
          -     | another's pid     | 9  | -
          -     | another's pid     | 10 | False NotConnected
          false | another's pid     | 0  | -
          false | another's pid     | 10 | -
          true  | another's pid     | 0  | -
          true  | another's pid     | 9  | -
          true  | another's pid     | 10 | False NotConnected
          -     | a shared address  | 10 | False NotConnected
          -     | nothing: no groups| 0  | True NoGroupsApi
          false | nothing: no groups| 0  | True NoGroupsApi
          -     | nothing: away     | 0  | -
          false | nothing: away     | 0  | -
          true  | nothing: away     | 99 | -
          -     | nothing: not asked| 0  | -
          """)
  void aPodIsConnectedFromWhenItsWorkerIsSeenUntilItStaysAway(
      @Nullable Boolean before, String shows, int missingSeconds, @Nullable String written) {
    WorkerPod neighbour = APod.named("w2").at("10.0.0.9").build();
    WorkerPod roommate = APod.named("w3").at("10.0.0.2").build();
    String address = shows.startsWith("a shared") ? "10.0.0.2" : "10.0.0.1";
    WorkerPod subject = APod.named("w1").connected(before).at(address).build();
    List<WorkerPod> pods = List.of(subject, neighbour, roommate);
    Attendance attendance = Attendance.of(sighting(shows), pods);
    Instant lostAt = NOW.minusSeconds(missingSeconds);
    var trace =
        PodTrace.follow(
            Map.of("w1", new PodTrace(null, missingSeconds == 0 ? null : lostAt)),
            pods,
            _ -> attendance,
            NOW);
    Readiness.Verdict verdict =
        Readiness.of(subject, attendance, trace.getOrDefault("w1", PodTrace.NONE), NOW);
    assertThat(
            verdict == null ? null : (verdict.connected() ? "True " : "False ") + verdict.reason())
        .isEqualTo(written);
  }

  @Test
  void podsThatDoNotWaitForItOrAreOnTheirWayOutAreLeftAlone() {
    var nobody = new Attendance.Known(Map.of());
    for (WorkerPod pod :
        List.of(
            APod.named("w1").ungated().build(),
            APod.named("w1").life(new Life.Ended()).build(),
            APod.named("w1").life(new Life.Leaving()).build())) {
      assertThat(Readiness.of(pod, nobody, PodTrace.NONE, NOW)).isNull();
    }
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(booleans = true)
  void aPodWithoutItsWorkerIsLookedAtAgainWhenItsTimeIsOver(@Nullable Boolean before) {
    WorkerPod pod = APod.named("w1").connected(before).build();
    var lost = new PodTrace(null, NOW);
    assertThat(Readiness.nextLook(pod, lost)).isEqualTo(NOW.plus(Duration.ofSeconds(10)));
    assertThat(Readiness.nextLook(pod, PodTrace.NONE)).isNull();
    assertThat(Readiness.nextLook(APod.named("w1").connected(false).build(), lost)).isNull();
    assertThat(Readiness.nextLook(APod.named("w1").ungated().build(), lost)).isNull();
  }

  /** A write for each pod that starts would say nothing that Kubernetes does not assume anyway. */
  @Test
  void aPodThatStartsIsWrittenOnceWhenItsWorkerIsSeen() {
    List<String> written = new ArrayList<>();
    Map<String, PodTrace> traces = Map.of();
    Boolean connected = null;
    for (int second = 0; second < 60; second++) {
      Instant now = NOW.plusSeconds(second);
      boolean fetchesImage = second < 40;
      WorkerPod pod =
          APod.named("w1").life(new Life.Starting(fetchesImage)).connected(connected).build();
      Attendance attendance =
          Attendance.of(
              second < 45 ? seen("w2", "10.9.9.9") : seen("w1", "10.9.9.9"), List.of(pod));
      traces = PodTrace.follow(traces, List.of(pod), _ -> attendance, now);
      Readiness.Verdict verdict =
          Readiness.of(pod, attendance, traces.getOrDefault("w1", PodTrace.NONE), now);
      if (verdict != null) {
        connected = verdict.connected();
        written.add(second + " " + verdict.reason());
      }
    }
    assertThat(written).containsExactly("45 Connected");
  }

  private static Sighting sighting(String shows) {
    return switch (shows) {
      case "its pid" -> seen("w1", "10.9.9.9");
      case "its address" -> seen("own-pid", "10.0.0.1");
      case "another's pid" -> seen("w2", "10.0.0.9");
      case "a shared address" -> seen("own-pid", "10.0.0.2");
      case "nothing: no groups" -> new Sighting.Unseen(Kind.NO_GROUPS_API, "404");
      case "nothing: away" -> new Sighting.Unseen(Kind.NO_CONNECTION, "refused");
      default -> new Sighting.NotYet();
    };
  }

  private static Sighting seen(String pid, String address) {
    return new Sighting.Seen(AGroup.of(List.of(new Worker(pid, address, 1, 0, false, 0))));
  }
}
