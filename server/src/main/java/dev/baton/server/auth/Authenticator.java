package dev.baton.server.auth;

import dev.baton.server.config.ClientNetwork;
import dev.baton.server.config.ServerConfig;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what a token opens (protocol section 16). Without a configured key everything is open. Any
 * thread may use it.
 */
public final class Authenticator {

  /** How long after its expiry a token is still good: clocks differ. */
  static final long LEEWAY_SECONDS = 60;

  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";

  /**
   * What is asked of tokens, and what has been found.
   *
   * @param refused digests of tokens that are none
   */
  private record Check(
      TokenReader reader,
      List<PublicKey> keys,
      TokenCache<Grant> granted,
      TokenCache<Boolean> refused) {}

  private final ServerConfig.@Nullable Auth config;
  private final LongSupplier clock;
  private final Forgeries forgeries;
  private volatile @Nullable Check check;

  private Authenticator(
      ServerConfig.@Nullable Auth config, @Nullable List<PublicKey> keys, LongSupplier clock) {
    this.config = config;
    this.clock = clock;
    this.forgeries = new Forgeries(clock);
    this.check = config == null ? null : check(config, keys);
  }

  private Check check(ServerConfig.Auth asked, @Nullable List<PublicKey> keys) {
    return new Check(
        new TokenReader(keys, asked.issuer(), asked.audience(), asked.anyGroup()),
        keys == null ? List.of() : keys,
        new TokenCache<>(clock),
        new TokenCache<>(clock));
  }

  /**
   * Reads the keys.
   *
   * @param config null: everything is open
   * @param clock epoch milliseconds, the real ones
   * @throws dev.baton.server.config.ConfigurationException if they are not usable
   */
  public static Authenticator of(ServerConfig.@Nullable Auth config, LongSupplier clock) {
    return new Authenticator(config, config == null ? null : keys(config), clock);
  }

  /** Null: signatures are not checked. */
  private static @Nullable List<PublicKey> keys(ServerConfig.Auth config) {
    return config.isUnchecked() ? null : PublicKeys.read(config.publicKey());
  }

  /**
   * Reads the keys anew: tokens of keys that are gone open nothing from now on.
   *
   * @return whether they are others than before
   * @throws dev.baton.server.config.ConfigurationException if they are not usable; those that were
   *     read before remain
   */
  public boolean reload() {
    Check before = check;
    List<PublicKey> keys = config == null ? null : keys(config);
    if (config == null || before == null || keys == null || keys.equals(before.keys())) {
      return false;
    }
    check = check(config, keys);
    return true;
  }

  /** Whether everything is open to everybody. */
  public boolean isOff() {
    return config == null;
  }

  /** What a token of that request opens. */
  public Judgement judge(@Nullable String token, HttpServerRequest request) {
    Check asked = check;
    if (asked == null) {
      return Grant.OF_ALL;
    }
    Grant known = token == null ? null : asked.granted().get(token);
    return known == null ? judge(token, address(request.remoteAddress())) : inTime(known);
  }

  private static String address(@Nullable SocketAddress from) {
    String address = from == null ? null : from.hostAddress();
    return address == null ? "" : address;
  }

  /** What a token that came from that address opens. */
  Judgement judge(@Nullable String token, String from) {
    Check asked = check;
    if (asked == null) {
      return Grant.OF_ALL;
    }
    if (token == null || token.isEmpty()) {
      return Refusal.MISSING;
    }
    Grant known = asked.granted().get(token);
    if (known != null) {
      return inTime(known);
    }
    if (TokenReader.isTooLong(token)) {
      return Refusal.INVALID;
    }
    String digest = digest(token);
    if (asked.refused().get(digest) != null) {
      return Refusal.INVALID;
    }
    String address = ClientNetwork.of(from);
    if (!forgeries.mayLook(address)) {
      return Refusal.TOO_MANY;
    }
    Grant read = asked.reader().read(token);
    if (read == null) {
      forgeries.found(address);
      asked.refused().put(digest, true);
      return Refusal.INVALID;
    }
    forgeries.proven(address);
    asked.granted().put(token, read);
    return inTime(read);
  }

  private static String digest(String token) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private Judgement inTime(Grant grant) {
    return isOver(grant) ? Refusal.EXPIRED : grant;
  }

  private boolean isOver(Grant grant) {
    return grant.expiresAt() < clock.getAsLong() / 1000 - LEEWAY_SECONDS;
  }

  /** Why what was opened with a grant is to end now, or null if it may go on. */
  @Nullable Ending ending(Grant grant) {
    Check asked = check;
    if (asked == null) {
      return null;
    }
    if (isOver(grant)) {
      return Ending.TOKEN_EXPIRED;
    }
    PublicKey signer = grant.signer();
    return signer == null || asked.keys().contains(signer) ? null : Ending.KEY_REMOVED;
  }

  /** What the token in a request's {@code Authorization} header opens. */
  public Judgement judge(HttpServerRequest request) {
    return judge(credentials(request, BEARER), request);
  }

  /**
   * The same for clients that know user names and passwords only: the password is the token, the
   * user name may be any.
   */
  public Judgement judgeWithBasic(HttpServerRequest request) {
    String encoded = credentials(request, BASIC);
    if (encoded == null) {
      return judge(request);
    }
    try {
      String pair = new String(Base64.getDecoder().decode(encoded.strip()), StandardCharsets.UTF_8);
      return judge(pair.substring(pair.indexOf(':') + 1), request);
    } catch (IllegalArgumentException e) {
      return judge((String) null, request);
    }
  }

  /** The scheme as it is written: the protocol matches it with case, though RFC 9110 does not. */
  private static @Nullable String credentials(HttpServerRequest request, String scheme) {
    String header = request.getHeader("authorization");
    return header != null && header.startsWith(scheme) ? header.substring(scheme.length()) : null;
  }
}
