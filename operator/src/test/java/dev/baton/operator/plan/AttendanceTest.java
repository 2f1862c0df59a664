package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.server.GroupFigures.Worker;
import dev.baton.operator.server.Sighting;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttendanceTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # the pod's addresses      | the worker's              | whether it is the pod's
          10.0.0.1                   | 10.0.0.1                  | true
          10.0.0.1                   | 10.0.0.2                  | false
          fd00::a                    | fd00:0:0:0:0:0:0:a        | true
          fd00:0:0::000A             | fd00::a                   | true
          fd00::a                    | fd00::b                   | false
          10.0.0.1                   | ::ffff:10.0.0.1           | true
          10.0.0.1 fd00::a           | fd00:0:0:0:0:0:0:a        | true
          fd00::a 10.0.0.1           | 10.0.0.1                  | true
          """)
  void addressesAreComparedAsAddresses(String pods, String worker, boolean isThePods) {
    WorkerPod pod = APod.named("w1").at(pods.split(" ")).build();
    WorkerPod other = APod.named("w2").at("10.0.0.9", "fd00::9").build();
    Attendance attendance =
        Attendance.of(seen(new Worker("own-pid", worker, 1, 0, false, 0)), List.of(pod, other));
    assertThat(attendance).isInstanceOf(Attendance.Known.class);
    assertThat(((Attendance.Known) attendance).of(pod) != null).isEqualTo(isThePods);
    assertThat(((Attendance.Known) attendance).of(other)).isNull();
  }

  @Test
  void anAddressOfTwoPodsNamesNeither() {
    WorkerPod one = APod.named("w1").at("fd00::1", "10.0.0.1").build();
    WorkerPod two = APod.named("w2").at("fd00:0::1").build();
    Sighting sighting = seen(new Worker("own-pid", "fd00:0:0:0:0:0:0:1", 1, 0, false, 0));
    assertThat(((Attendance.Known) Attendance.of(sighting, List.of(one, two))).byPod()).isEmpty();
  }

  private static Sighting seen(Worker worker) {
    return new Sighting.Seen(AGroup.of(List.of(worker)));
  }
}
