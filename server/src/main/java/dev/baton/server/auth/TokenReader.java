package dev.baton.server.auth;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Checks a JWT: its signature, and that its claims are of the right types and say what they must.
 * Stateless; any thread may use it.
 */
final class TokenReader {

  /** A longer token is none. */
  private static final int MOST_CHARACTERS = 16_384;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * A token in order; whether it has expired is for the caller to say.
   *
   * @param expiresAt epoch seconds
   */
  record Token(Access access, double expiresAt) {}

  private final @Nullable PublicKey key;
  private final @Nullable String issuer;
  private final @Nullable String audience;

  /**
   * @param key null: signatures are not checked
   * @param issuer what {@code iss} must be, or null for anything
   * @param audience what {@code aud} must contain, or null for anything
   */
  TokenReader(@Nullable PublicKey key, @Nullable String issuer, @Nullable String audience) {
    this.key = key;
    this.issuer = issuer;
    this.audience = audience;
  }

  /** The token's content, or null if it is not to be trusted. */
  @Nullable Token read(String token) {
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    if (token.length() > MOST_CHARACTERS || first < 0 || second < 0) {
      return null;
    }
    try {
      ObjectNode header = object(token.substring(0, first));
      Algorithm algorithm = header == null ? null : algorithm(header);
      boolean isSigned =
          algorithm != null
              && (key == null
                  || algorithm.verifies(
                      key,
                      token.substring(0, second).getBytes(StandardCharsets.US_ASCII),
                      bytes(token.substring(second + 1))));
      // What is not signed is not even looked at.
      ObjectNode claims = isSigned ? object(token.substring(first + 1, second)) : null;
      return claims == null ? null : judge(claims);
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable Algorithm algorithm(ObjectNode header) {
    JsonNode name = header.get("alg");
    // An extension that a token calls critical is one that is not known here.
    return name == null || !name.isTextual() || header.has("crit")
        ? null
        : Algorithm.of(name.textValue());
  }

  private static @Nullable ObjectNode object(String part) throws IOException {
    return JSON.readTree(bytes(part)) instanceof ObjectNode object ? object : null;
  }

  private static byte[] bytes(String part) {
    if (part.indexOf('=') >= 0) {
      throw new IllegalArgumentException("padding has no place in a token");
    }
    return Base64.getUrlDecoder().decode(part);
  }

  private @Nullable Token judge(ObjectNode claims) {
    JsonNode expiry = claims.get("exp");
    JsonNode role = claims.path("role");
    boolean isRoleFine = role.isMissingNode() || role.isNull() || role.isTextual();
    if (expiry == null || !expiry.isNumber() || !isRoleFine) {
      return null;
    }
    return isIssuerFine(claims.path("iss")) && isAudienceFine(claims.path("aud"))
        ? new Token(access(role, claims.path("prefix")), expiry.doubleValue())
        : null;
  }

  private boolean isIssuerFine(JsonNode issuers) {
    if (issuer != null) {
      return issuers.isTextual() && issuers.textValue().equals(issuer);
    }
    return issuers.isMissingNode() || issuers.isNull() || issuers.isTextual();
  }

  /** One string, or an array of them. */
  private boolean isAudienceFine(JsonNode audiences) {
    if (audiences.isMissingNode() || audiences.isNull()) {
      return audience == null;
    }
    if (audiences.isTextual()) {
      return audience == null || audiences.textValue().equals(audience);
    }
    boolean isFine = audiences.isArray();
    boolean isFound = audience == null;
    for (JsonNode each : audiences) {
      isFine &= each.isTextual();
      isFound |= each.isTextual() && each.textValue().equals(audience);
    }
    return isFine && isFound;
  }

  private static Access access(JsonNode role, JsonNode prefix) {
    if (role.isTextual() && role.textValue().equalsIgnoreCase("admin")) {
      return Access.Unlimited.INSTANCE;
    }
    if (!prefix.isTextual()) {
      return Access.Nothing.INSTANCE;
    }
    return prefix.textValue().isEmpty()
        ? Access.Unlimited.INSTANCE
        : new Access.Prefix(prefix.textValue());
  }
}
