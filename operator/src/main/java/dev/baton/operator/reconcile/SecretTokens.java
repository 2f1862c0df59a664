package dev.baton.operator.reconcile;

import static dev.baton.operator.server.ServerUnavailableException.Kind.TOKEN_MISSING;

import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.ServerUnavailableException;
import dev.baton.operator.server.Tokens;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads tokens from Secrets, each once in a while, however many ask: to watch them takes the right
 * to list all of them. Thread-safe.
 */
public final class SecretTokens implements Tokens {

  /**
   * A changed token counts after this at the latest; at once where a server refuses the old one.
   */
  static final Duration KEPT = Duration.ofSeconds(10);

  /** What cannot be read may appear in a moment. */
  private static final Duration FAILURE_KEPT = Duration.ofSeconds(2);

  /** What was read of one Secret; its monitor is held while it is read. */
  private static final class Known {
    @Nullable String token;
    @Nullable ServerUnavailableException failure;
    Instant until = Instant.EPOCH;
  }

  private final Function<GroupAddress.SecretKey, String> reader;
  private final Clock clock;
  private final Map<GroupAddress.SecretKey, Known> all = new ConcurrentHashMap<>();

  /** With the client that may read them. */
  public SecretTokens(KubernetesClient client, Clock clock) {
    this(key -> fetch(client, key), clock);
  }

  SecretTokens(Function<GroupAddress.SecretKey, String> reader, Clock clock) {
    this.reader = reader;
    this.clock = clock;
  }

  @Override
  public String read(GroupAddress.SecretKey key) {
    Known known = all.computeIfAbsent(key, _ -> new Known());
    synchronized (known) {
      Instant now = clock.instant();
      if (!now.isBefore(known.until)) {
        try {
          known.token = reader.apply(key);
          known.failure = null;
          known.until = now.plus(KEPT);
        } catch (ServerUnavailableException e) {
          known.token = null;
          known.failure = e;
          known.until = now.plus(FAILURE_KEPT);
        }
      }
      if (known.token != null) {
        return known.token;
      }
      throw known.failure != null
          ? known.failure
          : new ServerUnavailableException(TOKEN_MISSING, key + " was not read");
    }
  }

  @Override
  public void refused() {
    Instant soon = clock.instant().plus(FAILURE_KEPT); // not for each of many that are refused
    for (Known known : all.values()) {
      synchronized (known) {
        known.until = known.until.isBefore(soon) ? known.until : soon;
      }
    }
  }

  private static String fetch(KubernetesClient client, GroupAddress.SecretKey key) {
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
