package dev.baton.kubectl;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** What went wrong at the API server, in words. */
final class Trouble {

  private Trouble() {}

  /** In one sentence, without the stop at its end. */
  static String of(KubernetesClientException e) {
    String told = e.getStatus() == null ? null : e.getStatus().getMessage();
    if (told != null) {
      return "Kubernetes says: " + told;
    }
    return e.getCode() > 0
        ? "Kubernetes answers " + e.getCode() + ": " + e.getMessage()
        : "the cluster of the kubeconfig cannot be reached: " + reason(e);
  }

  private static String reason(Throwable e) {
    String reason = String.valueOf(e.getMessage());
    for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException) {
        return "nobody answers at its address";
      }
      if (cause instanceof UnknownHostException) {
        return "the name of its host is not known";
      }
      if (cause.getMessage() != null) {
        reason = cause.getMessage();
      }
    }
    return reason;
  }
}
