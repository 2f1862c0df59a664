package dev.baton.operator.reconcile;

import dev.baton.operator.resources.TokenMark;
import dev.baton.operator.server.GroupAddress.SecretKey;
import dev.baton.operator.server.ServerUnavailableException;
import dev.baton.operator.server.Tokens;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The mark of a WorkerGroup's token. Secrets are not watched, for that takes the right to list all
 * of them; so the one that is named is read now and then.
 */
final class TokenReading {

  /**
   * A rotated token is noticed within this, what is kept of Secrets and the reconciler's longest
   * look.
   */
  static final Duration EVERY = Duration.ofSeconds(5);

  /** Enough to tell tokens apart, too little to try one out. */
  private static final int MARK_BYTES = 6;

  private @Nullable SecretKey read;
  private @Nullable String mark;
  private Instant readAt = Instant.EPOCH;

  /**
   * The mark, or null if no token is named. While the token cannot be read it is that of the pods
   * that run: those shall not be replaced by some that could not start.
   */
  @Nullable String mark(
      @Nullable SecretKey key, Tokens tokens, @Nullable Deployment deployment, Instant now) {
    if (key == null) {
      return null;
    }
    if (!key.equals(read) || !now.isBefore(readAt.plus(EVERY))) {
      readAt = now;
      read = key;
      try {
        mark = digest(key, tokens.read(key));
      } catch (ServerUnavailableException e) {
        mark = TokenMark.of(deployment); // The condition ServerReachable tells why.
      }
    }
    return mark;
  }

  private static String digest(SecretKey key, String token) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((key + "\n" + token).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, MARK_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
