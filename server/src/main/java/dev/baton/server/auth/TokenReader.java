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
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
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

  private final @Nullable List<PublicKey> keys;
  private final @Nullable String issuer;
  private final @Nullable String audience;
  private final boolean isAnyGroupOpen;

  /**
   * @param keys null: signatures are not checked
   * @param issuer what {@code iss} must be, or null for anything
   * @param audience what {@code aud} must contain, or null for anything
   * @param isAnyGroupOpen whether every token reaches every group, whatever it claims
   */
  TokenReader(
      @Nullable List<PublicKey> keys,
      @Nullable String issuer,
      @Nullable String audience,
      boolean isAnyGroupOpen) {
    this.keys = keys;
    this.issuer = issuer;
    this.audience = audience;
    this.isAnyGroupOpen = isAnyGroupOpen;
  }

  /** Whether what was sent is too long to be looked at. */
  static boolean isTooLong(String token) {
    return token.length() > MOST_CHARACTERS;
  }

  /** What the token grants, or null if it is not to be trusted. Its expiry is not looked at. */
  @Nullable Grant read(String token) {
    int first = token.indexOf('.');
    int second = token.indexOf('.', first + 1);
    if (isTooLong(token) || first < 0 || second < 0) {
      return null;
    }
    try {
      ObjectNode header = object(token.substring(0, first));
      Algorithm algorithm = header == null ? null : algorithm(header);
      if (algorithm == null) {
        return null;
      }
      PublicKey signer = keys == null ? null : signer(keys, algorithm, token, second);
      if (keys != null && signer == null) {
        return null; // What is not signed is not even looked at.
      }
      ObjectNode claims = object(token.substring(first + 1, second));
      return claims == null ? null : judge(claims, signer);
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  /** The key that the token was signed with, or null if it is none of them. */
  private static @Nullable PublicKey signer(
      List<PublicKey> keys, Algorithm algorithm, String token, int end) {
    byte[] text = token.substring(0, end).getBytes(StandardCharsets.US_ASCII);
    byte[] signature = bytes(token.substring(end + 1));
    for (PublicKey key : keys) {
      if (algorithm.verifies(key, text, signature)) {
        return key;
      }
    }
    return null;
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

  private @Nullable Grant judge(ObjectNode claims, @Nullable PublicKey signer) {
    JsonNode expiry = claims.get("exp");
    JsonNode role = claims.path("role");
    boolean isRoleFine = role.isMissingNode() || role.isNull() || role.isTextual();
    JsonNode group = claims.path("group");
    boolean isInOrder = expiry != null && expiry.isNumber() && isRoleFine && areTexts(group);
    if (expiry == null || !isInOrder) {
      return null;
    }
    return isIssuerFine(claims.path("iss")) && isAudienceFine(claims.path("aud"))
        ? new Grant(access(role, claims.path("prefix"), group), expiry.doubleValue(), signer)
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

  /** Whether it is absent, a text, or a list of them. */
  private static boolean areTexts(JsonNode node) {
    if (node.isArray()) {
      for (JsonNode each : node) {
        if (!each.isTextual()) {
          return false;
        }
      }
      return true;
    }
    return node.isMissingNode() || node.isNull() || node.isTextual();
  }

  private Access access(JsonNode role, JsonNode prefix, JsonNode group) {
    if (is(role, "viewer")) {
      boolean isNarrowed = !isAbsent(prefix) || !isAbsent(group);
      return new Access.Viewer(isNarrowed ? accessOf(prefix, group) : Access.Unlimited.INSTANCE);
    }
    return is(role, "admin") ? Access.Unlimited.INSTANCE : accessOf(prefix, group);
  }

  private static boolean is(JsonNode role, String name) {
    return role.isTextual() && role.textValue().equalsIgnoreCase(name);
  }

  private static boolean isAbsent(JsonNode claim) {
    return claim.isMissingNode() || claim.isNull();
  }

  private Access accessOf(JsonNode prefix, JsonNode group) {
    if (prefix.isTextual() && prefix.textValue().isEmpty()) {
      return Access.Unlimited.INSTANCE;
    }
    Names ids = prefix.isTextual() ? Names.startingWith(prefix.textValue()) : Names.NONE;
    return new Access.Limited(ids, isAnyGroupOpen ? Names.ALL : groups(group, ids));
  }

  /** The groups that are claimed; without a claim those whose names the prefix covers. */
  private static Names groups(JsonNode claimed, Names covered) {
    if (claimed.isTextual()) {
      return Names.of(List.of(claimed.textValue()));
    }
    if (!claimed.isArray()) {
      return covered;
    }
    List<String> names = new ArrayList<>();
    claimed.forEach(name -> names.add(name.textValue()));
    return Names.of(names);
  }
}
