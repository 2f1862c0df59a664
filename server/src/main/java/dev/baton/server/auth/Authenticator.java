package dev.baton.server.auth;

import dev.baton.server.config.ServerConfig;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what a token opens (protocol section 16). Without a configured key everything is open. Any
 * thread may use it.
 */
public final class Authenticator {

  /** How long after its expiry a token is still good: clocks differ. */
  private static final long LEEWAY_SECONDS = 60;

  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";

  private final @Nullable TokenReader reader;
  private final LongSupplier clock;
  private final TokenCache cache;

  private Authenticator(@Nullable TokenReader reader, LongSupplier clock) {
    this.reader = reader;
    this.clock = clock;
    this.cache = new TokenCache(clock);
  }

  /**
   * Reads the key.
   *
   * @param config null: everything is open
   * @param clock epoch milliseconds, the real ones
   * @throws dev.baton.server.config.ConfigurationException if the key is not usable
   */
  public static Authenticator of(ServerConfig.@Nullable Auth config, LongSupplier clock) {
    if (config == null) {
      return new Authenticator(null, clock);
    }
    boolean isUnchecked = config.publicKey().equals("none");
    return new Authenticator(
        new TokenReader(
            isUnchecked ? null : PublicKeys.read(config.publicKey()),
            config.issuer(),
            config.audience()),
        clock);
  }

  /** What the token opens; null if it is missing or not valid: that is to be a 401. */
  public @Nullable Access access(@Nullable String token) {
    if (reader == null) {
      return Access.Unlimited.INSTANCE;
    }
    if (token == null || token.isEmpty()) {
      return null;
    }
    TokenReader.Token known = cache.get(token);
    if (known == null) {
      known = reader.read(token);
      if (known != null) {
        cache.put(token, known);
      }
    }
    boolean isAlive =
        known != null && known.expiresAt() >= clock.getAsLong() / 1000 - LEEWAY_SECONDS;
    return known != null && isAlive ? known.access() : null;
  }

  /** What the token in a request's {@code Authorization} header opens; null: 401. */
  public @Nullable Access access(HttpServerRequest request) {
    if (reader == null) {
      return Access.Unlimited.INSTANCE;
    }
    String header = request.getHeader("authorization");
    return header == null || !header.startsWith(BEARER)
        ? null
        : access(header.substring(BEARER.length()));
  }

  /**
   * The same for clients that know user names and passwords only: the password is the token, the
   * user name may be any.
   */
  public @Nullable Access accessWithBasic(HttpServerRequest request) {
    String header = request.getHeader("authorization");
    if (reader == null || header == null || !header.startsWith(BASIC)) {
      return access(request);
    }
    try {
      String pair =
          new String(
              Base64.getDecoder().decode(header.substring(BASIC.length()).strip()),
              StandardCharsets.UTF_8);
      return access(pair.substring(pair.indexOf(':') + 1));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
