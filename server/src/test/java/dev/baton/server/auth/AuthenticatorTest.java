package dev.baton.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Tokens;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorTest {

  private static final Tokens RSA = Tokens.of("RS256");
  private static final Tokens OTHER_RSA = Tokens.of("RS256");
  private static final Access ALL = new Access.Unlimited();
  private static final Access NOTHING = new Access.Nothing();

  private long nowMs = 1_764_000_000_000L;
  private final Authenticator guard = authenticator(RSA.pem(), null, null);

  private Authenticator authenticator(
      String key, @Nullable String issuer, @Nullable String audience) {
    return Authenticator.of(new ServerConfig.Auth(key, issuer, audience), () -> nowMs);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"})
  void aTokenOfEachAlgorithmIsGoodForItsKeyAndForNoOther(String algorithm) {
    boolean isRsa = algorithm.startsWith("RS") || algorithm.startsWith("PS");
    Tokens issuer = isRsa ? RSA.as(algorithm) : Tokens.of(algorithm);
    Tokens other = isRsa ? OTHER_RSA.as(algorithm) : Tokens.of(algorithm);
    Authenticator mine = authenticator(issuer.pem(), null, null);
    assertThat(mine.access(issuer.admin())).isEqualTo(ALL);
    assertThat(mine.access(other.admin())).isNull();
    String token = issuer.prefix("foo");
    int claims = token.indexOf('.') + 1;
    String forged = Tokens.base64("{\"exp\":4102444800,\"prefix\":\"\"}");
    assertThat(
            mine.access(
                token.substring(0, claims) + forged + token.substring(token.lastIndexOf('.'))))
        .isNull();
  }

  @ParameterizedTest
  @CsvSource({"ES256, ES384", "ES384, ES256", "RS256, ES256", "EdDSA, RS256", "ES256, EdDSA"})
  void aTokenOfAnotherFamilyOrCurveIsRefused(String key, String token) {
    Tokens issuer = token.equals("RS256") ? OTHER_RSA : Tokens.of(token);
    String pem = key.equals("RS256") ? RSA.pem() : Tokens.of(key).pem();
    assertThat(authenticator(pem, null, null).access(issuer.admin())).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS384", "RS512", "PS256", "PS384", "PS512"})
  void anRsaKeyIsGoodForAllAlgorithmsOfItsFamily(String algorithm) {
    assertThat(guard.access(RSA.as(algorithm).admin())).isEqualTo(ALL);
  }

  @Test
  void thePublicKeyIsNoSharedSecret() throws GeneralSecurityException {
    String text =
        Tokens.base64("{\"alg\":\"HS256\"}")
            + "."
            + Tokens.base64("{\"exp\":4102444800,\"role\":\"admin\"}");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(RSA.pem().getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
    byte[] signed = mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    assertThat(
            guard.access(
                text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signed)))
        .isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "abc",
        ".",
        "..",
        "...",
        "a.b.c",
        "e30.e30.",
        "eyJhbGciOiJub25lIn0.eyJleHAiOjQxMDI0NDQ4MDAsInJvbGUiOiJhZG1pbiJ9.",
        "eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDAsInJvbGUiOiJhZG1pbiJ9.",
        "\u0000.\u0000.\u0000",
        "ä.ö.ü"
      })
  void whatIsNoTokenIsRefused(String text) {
    assertThat(guard.access(text)).isNull();
  }

  @Test
  void noTokenAndAnEndlessOneAreRefused() {
    assertThat(guard.access((String) null)).isNull();
    assertThat(guard.access(RSA.token("role", "admin", "pad", "x".repeat(20_000)))).isNull();
  }

  @Test
  void aTokenIsGoodUntilAMinuteAfterItsExpiryAlsoWhenItIsKnown() {
    String token = RSA.token("exp", nowMs / 1000 - 60, "role", "admin");
    assertThat(guard.access(token)).isEqualTo(ALL);
    nowMs += 1_000;
    assertThat(guard.access(token)).isNull();
    assertThat(guard.access(RSA.token("exp", 4e9, "role", "admin"))).isEqualTo(ALL);
  }

  @Test
  void claimsOfAWrongTypeInvalidateTheToken() {
    for (Object wrong : Arrays.asList("1", true, List.of(1), null)) {
      Map<String, @Nullable Object> claims = new LinkedHashMap<>(Map.of("role", "admin"));
      claims.put("exp", wrong);
      assertThat(guard.access(RSA.sign(claims))).as("exp %s", wrong).isNull();
    }
    assertThat(guard.access(RSA.sign(Map.of("role", "admin")))).as("no exp").isNull();
    assertThat(guard.access(RSA.token("role", 5))).isNull();
    assertThat(guard.access(RSA.token("role", "admin", "aud", 5))).isNull();
    assertThat(guard.access(RSA.token("role", "admin", "aud", List.of("a", 5)))).isNull();
    assertThat(guard.access(RSA.token("role", "admin", "iss", 5))).isNull();
    assertThat(guard.access(RSA.sign("{\"alg\":\"RS256\"}", "[]"))).isNull();
    assertThat(guard.access(RSA.sign("{\"alg\":5}", "{\"exp\":4102444800}"))).isNull();
  }

  @Test
  void whatATokenSaysTwiceOrCallsCriticalIsNotTrusted() {
    assertThat(
            guard.access(
                RSA.sign("{\"alg\":\"RS256\"}", "{\"exp\":4102444800,\"exp\":1,\"prefix\":\"\"}")))
        .isNull();
    assertThat(
            guard.access(RSA.sign("{\"alg\":\"RS256\",\"crit\":[\"x\"]}", "{\"exp\":4102444800}")))
        .isNull();
    assertThat(guard.access(RSA.sign("{\"alg\":\"RS256\"}", "{\"exp\":4102444800} {}"))).isNull();
  }

  @Test
  void issuerAndAudienceAreComparedIfTheyAreConfigured() {
    Authenticator strict = authenticator(RSA.pem(), "me", "baton");
    assertThat(strict.access(RSA.token("iss", "me", "aud", List.of("x", "baton"))))
        .isEqualTo(NOTHING);
    assertThat(strict.access(RSA.token("iss", "me", "aud", "baton"))).isEqualTo(NOTHING);
    assertThat(strict.access(RSA.token("iss", "you", "aud", "baton"))).isNull();
    assertThat(strict.access(RSA.token("iss", "me", "aud", "other"))).isNull();
    assertThat(strict.access(RSA.token("iss", "me", "aud", List.of()))).isNull();
    assertThat(strict.access(RSA.token("iss", "me"))).isNull();
    assertThat(strict.access(RSA.token("aud", "baton"))).isNull();
    assertThat(guard.access(RSA.token("iss", "you", "aud", "other"))).isEqualTo(NOTHING);
  }

  @Test
  void roleAndPrefixSayWhatIsOpen() {
    assertThat(guard.access(RSA.token("role", "ADMIN", "prefix", "x"))).isEqualTo(ALL);
    assertThat(guard.access(RSA.token("role", "user", "prefix", "foo")))
        .isEqualTo(new Access.Prefix("foo"));
    assertThat(guard.access(RSA.prefix(""))).isEqualTo(ALL);
    assertThat(guard.access(RSA.token())).isEqualTo(NOTHING);
    assertThat(guard.access(RSA.token("role", "user", "prefix", 5))).isEqualTo(NOTHING);
  }

  @Test
  void withTheKeyNoneSignaturesAreNotLookedAtAndAlgorithmsStillAre() {
    Authenticator unchecked = authenticator("none", null, null);
    String claims = Tokens.base64("{\"exp\":4102444800,\"role\":\"admin\"}");
    assertThat(unchecked.access(Tokens.base64("{\"alg\":\"HS256\"}") + "." + claims + "."))
        .isEqualTo(ALL);
    assertThat(unchecked.access(Tokens.base64("{\"alg\":\"none\"}") + "." + claims + ".")).isNull();
    assertThat(unchecked.access("")).isNull();
  }

  @Test
  void withoutAKeyEverythingIsOpen() {
    assertThat(Authenticator.of(null, () -> nowMs).access((String) null)).isEqualTo(ALL);
  }
}
