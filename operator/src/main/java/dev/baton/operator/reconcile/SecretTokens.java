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
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads tokens from Secrets, each once in a while, however many ask: to watch them takes the right
 * to list all of them. Who asks for one that was asked for a moment ago does not wait for the API
 * server: it is read again beside. Thread-safe.
 */
public final class SecretTokens implements Tokens {

  /**
   * A changed token counts after this, when it is asked for; at once where a server refuses the old
   * one.
   */
  static final Duration KEPT = Duration.ofSeconds(10);

  /** What cannot be read may appear in a moment. */
  private static final Duration FAILURE_KEPT = Duration.ofSeconds(2);

  /** What nobody has asked for in so long is not answered with. */
  static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(1);

  /** What was read of one Secret. */
  private static final class Known {
    /** Held while it is read for those who wait. */
    final Object reading = new Object();

    // Guarded by this.
    private @Nullable String token;
    private @Nullable ServerUnavailableException failure;
    private Instant until = Instant.EPOCH;
    private boolean underWay;

    synchronized boolean isForgotten(Instant now) {
      return !now.isBefore(until.plus(FORGOTTEN_AFTER));
    }

    /** Whether it is to be read now, by who asks this. */
    synchronized boolean begins(Instant now) {
      boolean begins = !underWay && !now.isBefore(until);
      underWay |= begins;
      return begins;
    }

    synchronized void end() {
      underWay = false;
    }

    /** Returns whether it is another token than before, or whether there is one. */
    synchronized boolean set(
        @Nullable String read, @Nullable ServerUnavailableException why, Instant keptUntil) {
      boolean differs = !Objects.equals(token, read);
      token = read;
      failure = why;
      until = keptUntil;
      return differs;
    }

    synchronized void readBy(Instant soon) {
      until = until.isBefore(soon) ? until : soon;
    }

    synchronized String answer(GroupAddress.SecretKey key) {
      if (token != null) {
        return token;
      }
      throw failure != null
          ? failure
          : new ServerUnavailableException(TOKEN_MISSING, key + " was not read");
    }
  }

  private final Function<GroupAddress.SecretKey, String> reader;
  private final Executor lanes;
  private final Clock clock;
  private final Map<GroupAddress.SecretKey, Known> all = new ConcurrentHashMap<>();
  private volatile Runnable listener = () -> {};

  /** With the client that may read them. */
  public SecretTokens(KubernetesClient client, Clock clock) {
    this(
        key -> fetch(client, key),
        read -> Thread.ofVirtual().name("read a token").start(read),
        clock);
  }

  /**
   * With how they are read.
   *
   * @param lanes runs a read beside whoever asks
   */
  SecretTokens(Function<GroupAddress.SecretKey, String> reader, Executor lanes, Clock clock) {
    this.reader = reader;
    this.lanes = lanes;
    this.clock = clock;
  }

  @Override
  public String read(GroupAddress.SecretKey key) {
    Known known = all.computeIfAbsent(key, _ -> new Known());
    if (known.isForgotten(clock.instant())) {
      synchronized (known.reading) {
        if (known.isForgotten(clock.instant())) {
          var _ = load(key, known);
        }
      }
    } else if (known.begins(clock.instant())) {
      lanes.execute(() -> {
        boolean differs = false;
        try {
          differs = load(key, known);
        } finally {
          known.end();
        }
        if (differs) {
          listener.run();
        }
      });
    }
    return known.answer(key);
  }

  @Override
  public void onChange(Runnable changed) {
    listener = changed;
  }

  private boolean load(GroupAddress.SecretKey key, Known known) {
    try {
      String token = reader.apply(key);
      return known.set(token, null, clock.instant().plus(KEPT));
    } catch (ServerUnavailableException e) {
      return known.set(null, e, clock.instant().plus(FAILURE_KEPT));
    }
  }

  @Override
  public void refused() {
    Instant soon = clock.instant().plus(FAILURE_KEPT); // not for each of many that are refused
    all.values().forEach(known -> known.readBy(soon));
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
