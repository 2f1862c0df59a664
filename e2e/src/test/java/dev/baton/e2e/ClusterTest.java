package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.ResourceNotFoundException;
import org.junit.jupiter.api.Test;

class ClusterTest {

  @Test
  void aBrokenConnectionIsNoAnswerHoweverTheClientWrapsIt() {
    var closed = new KubernetesClientException("closed", new IllegalStateException("closed"));
    assertThat(closed.getCode()).isNegative();
    assertThat(Cluster.isAnswer(closed)).isFalse();
    var failed = new KubernetesClientException("failed", 0, null);
    assertThat(Cluster.isAnswer(failed)).isFalse();
    assertThat(Cluster.isAnswer(new ResourceNotFoundException("gone", closed))).isFalse();
  }

  @Test
  void aStatusIsAnAnswer() {
    var status = new StatusBuilder().withCode(403).withMessage("no").build();
    assertThat(Cluster.isAnswer(new KubernetesClientException(status))).isTrue();
    assertThat(Cluster.isAnswer(new ResourceNotFoundException("gone"))).isTrue();
  }
}
