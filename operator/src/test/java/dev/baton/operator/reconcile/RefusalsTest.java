package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          422 | Deployment.apps "w" is invalid: spec.template                                   | TemplateRejected
          403 | deployments.apps "w" is forbidden: exceeded quota: few, requested: 1            | QuotaExceeded
          403 | deployments.apps "w" is forbidden: User "o" cannot patch resource "deployments" | Forbidden
          403 | admission webhook "policy.example.org" denied the request: no                   | TemplateRejected
          """)
  void aRefusalIsCalledWhatItIs(int code, String message, String reason) {
    var refusal =
        new KubernetesClientException(
            message, code, new StatusBuilder().withCode(code).withMessage(message).build());
    assertThat(Refusals.of(refusal).name()).isEqualTo(reason);
  }

  @Test
  void whatAnEndingNamespaceRefusesIsKnownByItsCause() {
    assertThat(Refusals.isOfEndingNamespace(forbidden("NamespaceTerminating"))).isTrue();
    assertThat(Refusals.isOfEndingNamespace(forbidden("FieldValueInvalid"))).isFalse();
    assertThat(Refusals.isOfEndingNamespace(new KubernetesClientException("nobody answers")))
        .isFalse();
  }

  /** As the API server says it. */
  static KubernetesClientException forbidden(String cause) {
    return new KubernetesClientException(
        new StatusBuilder()
            .withCode(403)
            .withMessage("deployments.apps \"w\" is forbidden: unable to create new content")
            .withNewDetails()
            .addNewCause()
            .withReason(cause)
            .endCause()
            .endDetails()
            .build());
  }
}
