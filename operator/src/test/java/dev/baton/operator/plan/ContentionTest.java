package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ContentionTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void twiceIsAnAccidentAndThreeTimesIsNot() {
    Contention twice = Contention.NONE.withDeployment(NOW).withDeployment(NOW.plusSeconds(15));
    assertThat(twice.sentence("w", true, NOW.plusSeconds(15))).isNull();
    Contention often = twice.withDeployment(NOW.plusSeconds(30));
    assertThat(often.sentence("w", true, NOW.plusSeconds(30)))
        .isEqualTo(
            "Deployment w was scaled by somebody else 3 times in ten minutes, and put back: an"
                + " autoscaler that has it as its target fights with the operator. Give it"
                + " WorkerGroup w as its target, and take spec.autoscaling out");
    assertThat(often.sentence("w", false, NOW.plusSeconds(30)))
        .endsWith("WorkerGroup w as its target");
  }

  @Test
  void itIsForgottenAfterTenMinutes() {
    Contention often =
        Contention.NONE.withReplicas(NOW).withReplicas(NOW).withReplicas(NOW.plusSeconds(60));
    assertThat(often.sentence("w", true, NOW.plusSeconds(599)))
        .startsWith("spec.replicas was changed 3 times");
    assertThat(often.nextLook(NOW.plusSeconds(60))).isEqualTo(NOW.plusSeconds(600));
    assertThat(often.sentence("w", true, NOW.plusSeconds(600))).isNull();
    assertThat(often.nextLook(NOW.plusSeconds(600))).isNull();
  }

  @Test
  void replicasThatSomebodyWritesAreTheirsWithoutAutoscaling() {
    Contention often = Contention.NONE.withReplicas(NOW).withReplicas(NOW).withReplicas(NOW);
    assertThat(often.sentence("w", false, NOW)).isNull();
  }
}
