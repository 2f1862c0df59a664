package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.AutoscalingSpec;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import dev.baton.operator.resources.Groups;
import dev.baton.operator.server.ServerUnavailableException.Kind;
import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowsTest {

  private static final Instant NOW = Instant.parse("2026-01-05T07:00:00Z"); // a Monday

  private final WorkerGroup group =
      Groups.of(
          """
          autoscaling:
            min: 1
            max: 10
            tolerancePercent: 20
            fallbackReplicas: 4
            windows:
              - {schedule: "50 7 * * 1-5", duration: 10h, timeZone: Europe/Berlin, min: 5, max: 20}
          server: {url: "http://baton:8001"}
          template: {spec: {containers: [{name: worker}]}}
          """);

  @ParameterizedTest
  @CsvSource({
    "2026-01-05T06:49:59Z, 1, 10",
    "2026-01-05T06:50:00Z, 5, 20",
    "2026-01-05T16:49:59Z, 5, 20",
    "2026-01-05T16:50:00Z, 1, 10",
    "2026-01-04T07:00:00Z, 1, 10",
  })
  void aWindowHasLimitsOfItsOwnInItsTimeZone(String time, int min, int max) {
    AutoscalingSpec spec = Windows.at(spec(), group, Instant.parse(time));
    assertThat(spec.min()).isEqualTo(min);
    assertThat(spec.max()).isEqualTo(max);
  }

  @Test
  void anAnnotationIsAFloorWithinTheMost() {
    group.getMetadata().setAnnotations(Map.of("baton.dev/autoscaling-floor", "7"));
    assertThat(Windows.at(spec(), group, NOW).min()).isEqualTo(7);
    group.getMetadata().setAnnotations(Map.of("baton.dev/autoscaling-floor", "70"));
    assertThat(Windows.at(spec(), group, NOW).min()).isEqualTo(20);
    group.getMetadata().setAnnotations(Map.of("baton.dev/autoscaling-floor", "many"));
    assertThat(Windows.at(spec(), group, NOW).min()).isEqualTo(5);
  }

  @Test
  void whileItIsPausedTheNumberStays() {
    group.getMetadata().setAnnotations(Map.of("baton.dev/autoscaling-paused", "true"));
    assertThat(Scaling.of(group, unseenSince(NOW, 2), NOW)).isEqualTo(decided(2));
  }

  @Test
  void withoutTheServerForTwoMinutesThereAreNoFewerThanTheFallback() {
    Instant night = Instant.parse("2026-01-05T01:00:00Z");
    assertThat(desired(unseenSince(night.minusSeconds(119), 2), night)).isEqualTo(2);
    assertThat(desired(unseenSince(night.minusSeconds(120), 2), night)).isEqualTo(4);
    assertThat(desired(unseenSince(night.minusSeconds(120), 9), night)).isEqualTo(9);
  }

  @ParameterizedTest
  @CsvSource({"10, 11, 10", "10, 12, 12", "5, 6, 6", "10, 9, 10", "0, 1, 1"})
  void aNumberThatIsCloseIsEnough(int before, int needed, int after) {
    var spec =
        new AutoscalingSpec(
            0, 20, 0, 1, "0s", "0s", null, 20, null, null, null, null, null, null, null);
    var demand = new Demand(0, needed, 0, null, 1);
    assertThat(Autoscaler.decide(spec, demand, decided(before), before, NOW).desired())
        .isEqualTo(after);
  }

  private int desired(ObservedState observed, Instant now) {
    return Objects.requireNonNull(Scaling.of(group, observed, now)).desired();
  }

  private AutoscalingSpec spec() {
    return Objects.requireNonNull(group.getSpec().autoscaling());
  }

  private static AutoscalingStatus decided(int number) {
    return new AutoscalingStatus(number, "before", null, null, null, null, null);
  }

  private static ObservedState unseenSince(Instant since, int before) {
    return new ObservedState(
        null,
        null,
        null,
        new Sighting.Unseen(Kind.NO_CONNECTION, "refused"),
        null,
        WorkerGroupStatus.builder()
            .autoscaling(decided(before))
            .conditions(
                List.of(
                    new ConditionBuilder()
                        .withType("ServerReachable")
                        .withStatus("False")
                        .withLastTransitionTime(since.toString())
                        .build()))
            .build(),
        Instant.EPOCH,
        AGroup.NOBODY);
  }
}
