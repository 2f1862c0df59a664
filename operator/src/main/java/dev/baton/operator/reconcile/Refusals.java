package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.Reason;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** What Kubernetes means by refusing a Deployment. */
final class Refusals {

  private Refusals() {}

  static Reason of(KubernetesClientException e) {
    String message = e.getStatus() == null ? null : e.getStatus().getMessage();
    if (e.getCode() != 403 || message == null) {
      return Reason.TemplateRejected;
    }
    if (message.contains("exceeded quota")) {
      return Reason.QuotaExceeded;
    }
    // RBAC: User "..." cannot patch resource "deployments" ...; admission says something else.
    return message.contains(" cannot ") && message.contains("resource")
        ? Reason.Forbidden
        : Reason.TemplateRejected;
  }

  /**
   * Whether only the end of its namespace is in the way: then all else of it is about to go, too.
   */
  static boolean isOfEndingNamespace(KubernetesClientException e) {
    return e.getStatus() != null
        && e.getStatus().getDetails() != null
        && e.getStatus().getDetails().getCauses().stream()
            .anyMatch(it -> "NamespaceTerminating".equals(it.getReason()));
  }
}
