package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.protocol.why.Why;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StaffingTest {

  private static final Why NOBODY =
      new Why(Why.Cause.NO_WORKER, "p waits: no worker of group g is connected.");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # group | replicas | ready | Available | said after "p waits: no worker of group g is connected"
          other   | 2        | 2     | True      | , and no WorkerGroup of namespace shop serves it.
          g       | 0        | 0     | True      | , because WorkerGroup workers is scaled to 0.
          g       | 2        | 0     | False     | ; WorkerGroup workers: 0 of 2 pods are ready: ImagePullBackOff
          g       | 2        | 1     | False     | ; WorkerGroup workers asks for 2, 1 is ready.
          g       | 2        | 0     | True      | ; WorkerGroup workers asks for 2, 0 are ready.
          """)
  void whyNobodyIsThereIsSaid(
      String group, int replicas, int ready, String available, String said) {
    Served served =
        Served.of(
            Serialization.unmarshal(
                """
                apiVersion: baton.dev/v1alpha1
                kind: WorkerGroup
                metadata: {name: workers, namespace: shop}
                spec: {group: %s, replicas: %d, server: {url: "http://s"}}
                status:
                  readyReplicas: %d
                  conditions:
                  - {type: Progressing, status: "False", message: no}
                  - {type: Available, status: "%s", message: "0 of 2 pods are ready: ImagePullBackOff"}
                """
                    .formatted(group, replicas, ready, available),
                JsonNode.class));
    assertThat(Staffing.explain(NOBODY, "shop", "g", List.of(served)))
        .isEqualTo("p waits: no worker of group g is connected" + said);
  }

  @ParameterizedTest
  @CsvSource({"ALL_BUSY", "SETTLED", "BEING_SENT"})
  void otherReasonsStayAsTheyAre(Why.Cause cause) {
    assertThat(Staffing.explain(new Why(cause, "So it is."), "shop", "g", List.of()))
        .isEqualTo("So it is.");
  }
}
