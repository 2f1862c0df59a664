package dev.baton.operator.reconcile;

import static dev.baton.operator.server.ServerUnavailableException.Kind.TOKEN_MISSING;

import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.ServerUnavailableException;
import dev.baton.operator.server.Tokens;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Reads tokens from Secrets, each time anew: they are few, and so a changed one counts at once and
 * the right to {@code get} is enough.
 */
public final class SecretTokens implements Tokens {

  private final KubernetesClient client;

  /** With the client that may read them. */
  public SecretTokens(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public String read(GroupAddress.SecretKey key) {
    Secret secret;
    try {
      secret = client.secrets().inNamespace(key.namespace()).withName(key.name()).get();
    } catch (KubernetesClientException e) {
      throw new ServerUnavailableException(
          TOKEN_MISSING, key + " cannot be read: " + e.getMessage(), e);
    }
    String value =
        secret == null || secret.getData() == null ? null : secret.getData().get(key.key());
    if (value == null) {
      throw new ServerUnavailableException(TOKEN_MISSING, key + " does not exist");
    }
    return decoded(key, value);
  }

  /** The token that a Secret holds under a key, without the line end that some tools leave. */
  static String decoded(GroupAddress.SecretKey key, String base64) {
    String token;
    try {
      token = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8).strip();
    } catch (IllegalArgumentException e) {
      throw new ServerUnavailableException(TOKEN_MISSING, key + " is not base64", e);
    }
    if (token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c <= '~')) {
      // It could not be sent; what refuses to would show it.
      throw new ServerUnavailableException(
          TOKEN_MISSING, key + " is empty, or holds blanks or line ends, which no token does");
    }
    return token;
  }
}
