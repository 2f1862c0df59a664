package dev.baton.operator.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeStateTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                                     | false
          {unschedulable: true}                                                  | true
          {taints: [{key: karpenter.sh/disrupted, effect: NoSchedule}]}          | true
          {taints: [{key: aws-node-termination-handler/spot-itn}]}               | true
          {taints: [{key: node.kubernetes.io/out-of-service, value: nodeshutdown}]} | true
          {taints: [{key: example.org/going}]}                                   | true
          {taints: [{key: example.org/dedicated}]}                               | false
          """)
  void whoAnnouncesItsEndIsLeaving(String spec, boolean leaving) {
    assertThat(state("{name: n}", spec, "{}").leaving()).isEqualTo(leaving);
  }

  @Test
  void whoIsBeingDeletedIsLeavingAndItsDeadlineIsRead() {
    NodeState state =
        state(
            "{name: n, deletionTimestamp: '2026-01-01T00:00:00Z', annotations: {"
                + "karpenter.sh/nodeclaim-termination-timestamp: '2026-01-01T00:02:00Z'}}",
            "{}",
            "{}");
    assertThat(state.leaving()).isTrue();
    assertThat(state.deadline()).isEqualTo(Instant.parse("2026-01-01T00:02:00Z"));
  }

  @Test
  void whoIsNotHeardIsUnreachable() {
    assertThat(
            state("{name: n}", "{}", "{conditions: [{type: Ready, status: Unknown}]}")
                .unreachable())
        .isTrue();
    assertThat(
            state("{name: n}", "{}", "{conditions: [{type: Ready, status: 'False'}]}")
                .unreachable())
        .isFalse();
  }

  private static NodeState state(String metadata, String spec, String status) {
    Set<String> taints = new java.util.HashSet<>(NodeState.LEAVING_TAINTS);
    taints.add("example.org/going");
    return NodeState.of(
        Serialization.unmarshal(
            "metadata: %s\nspec: %s\nstatus: %s".formatted(metadata, spec, status), Node.class),
        taints);
  }
}
