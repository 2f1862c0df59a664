package dev.baton.server.auth;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.server.config.ConfigurationException;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorTest {

  private static final Tokens RSA = Tokens.of("RS256");
  private static final Tokens OTHER_RSA = Tokens.of("RS256");
  private static final Access ALL = new Access.Unlimited();
  private static final Access NOTHING = new Access.Limited(Names.NONE, Names.NONE);

  @TempDir private Path folder;
  private long nowMs = 1_764_000_000_000L;
  private final Authenticator guard = authenticator(RSA.pem(), null, null);

  private Authenticator authenticator(
      String key, @Nullable String issuer, @Nullable String audience) {
    return Authenticator.of(new ServerConfig.Auth(key, issuer, audience, false), () -> nowMs);
  }

  /** What is open by it, or null. */
  private static @Nullable Access access(Authenticator guard, @Nullable String token) {
    return guard.judge(token, "192.0.2.1") instanceof Grant grant ? grant.access() : null;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"})
  void aTokenOfEachAlgorithmIsGoodForItsKeyAndForNoOther(String algorithm) {
    boolean isRsa = algorithm.startsWith("RS") || algorithm.startsWith("PS");
    Tokens issuer = isRsa ? RSA.as(algorithm) : Tokens.of(algorithm);
    Tokens other = isRsa ? OTHER_RSA.as(algorithm) : Tokens.of(algorithm);
    Authenticator mine = authenticator(issuer.pem(), null, null);
    assertThat(access(mine, issuer.admin())).isEqualTo(ALL);
    assertThat(access(mine, other.admin())).isNull();
    String token = issuer.prefix("foo");
    int claims = token.indexOf('.') + 1;
    String forged = Tokens.base64("{\"exp\":4102444800,\"prefix\":\"\"}");
    assertThat(
            access(
                mine,
                token.substring(0, claims) + forged + token.substring(token.lastIndexOf('.'))))
        .isNull();
  }

  @ParameterizedTest
  @CsvSource({"ES256, ES384", "ES384, ES256", "RS256, ES256", "EdDSA, RS256", "ES256, EdDSA"})
  void aTokenOfAnotherFamilyOrCurveIsRefused(String key, String token) {
    Tokens issuer = token.equals("RS256") ? OTHER_RSA : Tokens.of(token);
    String pem = key.equals("RS256") ? RSA.pem() : Tokens.of(key).pem();
    assertThat(access(authenticator(pem, null, null), issuer.admin())).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS384", "RS512", "PS256", "PS384", "PS512"})
  void anRsaKeyIsGoodForAllAlgorithmsOfItsFamily(String algorithm) {
    assertThat(access(guard, RSA.as(algorithm).admin())).isEqualTo(ALL);
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
            access(
                guard, text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signed)))
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
    assertThat(access(guard, text)).isNull();
  }

  @Test
  void noTokenAndAnEndlessOneAreRefused() {
    assertThat(access(guard, null)).isNull();
    assertThat(access(guard, RSA.token("role", "admin", "pad", "x".repeat(20_000)))).isNull();
  }

  @Test
  void aTokenIsGoodUntilAMinuteAfterItsExpiryAlsoWhenItIsKnown() {
    String token = RSA.token("exp", nowMs / 1000 - 60, "role", "admin");
    assertThat(access(guard, token)).isEqualTo(ALL);
    nowMs += 1_000;
    assertThat(access(guard, token)).isNull();
    assertThat(access(guard, RSA.token("exp", 4e9, "role", "admin"))).isEqualTo(ALL);
  }

  @Test
  void claimsOfAWrongTypeInvalidateTheToken() {
    for (Object wrong : Arrays.asList("1", true, List.of(1), null)) {
      Map<String, @Nullable Object> claims = new LinkedHashMap<>(Map.of("role", "admin"));
      claims.put("exp", wrong);
      assertThat(access(guard, RSA.sign(claims))).as("exp %s", wrong).isNull();
    }
    assertThat(access(guard, RSA.sign(Map.of("role", "admin")))).as("no exp").isNull();
    assertThat(access(guard, RSA.token("role", 5))).isNull();
    assertThat(access(guard, RSA.token("role", "admin", "aud", 5))).isNull();
    assertThat(access(guard, RSA.token("role", "admin", "aud", List.of("a", 5)))).isNull();
    assertThat(access(guard, RSA.token("role", "admin", "iss", 5))).isNull();
    assertThat(access(guard, RSA.sign("{\"alg\":\"RS256\"}", "[]"))).isNull();
    assertThat(access(guard, RSA.sign("{\"alg\":5}", "{\"exp\":4102444800}"))).isNull();
  }

  @Test
  void whatATokenSaysTwiceOrCallsCriticalIsNotTrusted() {
    assertThat(
            access(
                guard,
                RSA.sign("{\"alg\":\"RS256\"}", "{\"exp\":4102444800,\"exp\":1,\"prefix\":\"\"}")))
        .isNull();
    assertThat(
            access(guard, RSA.sign("{\"alg\":\"RS256\",\"crit\":[\"x\"]}", "{\"exp\":4102444800}")))
        .isNull();
    assertThat(access(guard, RSA.sign("{\"alg\":\"RS256\"}", "{\"exp\":4102444800} {}"))).isNull();
  }

  @Test
  void issuerAndAudienceAreComparedIfTheyAreConfigured() {
    Authenticator strict = authenticator(RSA.pem(), "me", "baton");
    assertThat(access(strict, RSA.token("iss", "me", "aud", List.of("x", "baton"))))
        .isEqualTo(NOTHING);
    assertThat(access(strict, RSA.token("iss", "me", "aud", "baton"))).isEqualTo(NOTHING);
    assertThat(access(strict, RSA.token("iss", "you", "aud", "baton"))).isNull();
    assertThat(access(strict, RSA.token("iss", "me", "aud", "other"))).isNull();
    assertThat(access(strict, RSA.token("iss", "me", "aud", List.of()))).isNull();
    assertThat(access(strict, RSA.token("iss", "me"))).isNull();
    assertThat(access(strict, RSA.token("aud", "baton"))).isNull();
    assertThat(access(guard, RSA.token("iss", "you", "aud", "other"))).isEqualTo(NOTHING);
  }

  @Test
  void roleAndPrefixSayWhatIsOpen() {
    assertThat(access(guard, RSA.token("role", "ADMIN", "prefix", "x"))).isEqualTo(ALL);
    assertThat(access(guard, RSA.token("role", "user", "prefix", "foo")))
        .isEqualTo(Access.ofPrefix("foo"));
    assertThat(access(guard, RSA.prefix(""))).isEqualTo(ALL);
    assertThat(access(guard, RSA.token())).isEqualTo(NOTHING);
    assertThat(access(guard, RSA.token("role", "user", "prefix", 5))).isEqualTo(NOTHING);
  }

  @ParameterizedTest(name = "prefix {0}, group {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      nullValues = "-",
      textBlock =
          """
          -   | -                 | none
          foo | -                 | foo foo.1 legacy:foo
          foo | []                | none
          foo | null              | foo foo.1 legacy:foo
          foo | "bar"             | bar legacy:bar
          -   | "bar"             | bar legacy:bar
          -   | ["bar","ba*"]     | bar bar.1 ba legacy:bar
          -   | "*"               | foo foo.1 bar bar.1 ba legacy:foo legacy:bar
          -   | ""                | none
          """)
  void groupsAreThoseThatAreClaimedOrElseThoseThatThePrefixCovers(
      @Nullable String prefix, @Nullable String group, String reached) {
    String claims =
        "{\"exp\":4102444800"
            + (prefix == null ? "" : ",\"prefix\":\"" + prefix + "\"")
            + (group == null ? "" : ",\"group\":" + group)
            + "}";
    Access access = requireNonNull(access(guard, RSA.sign("{\"alg\":\"RS256\"}", claims)));
    List<String> found =
        Stream.of("foo", "foo.1", "bar", "bar.1", "ba", "legacy:foo", "legacy:bar")
            .filter(access::reaches)
            .toList();
    assertThat(found.isEmpty() ? "none" : String.join(" ", found)).isEqualTo(reached);
    assertThat(access.covers("bar")).isFalse();
    assertThat(access(anyGroup(), RSA.sign("{\"alg\":\"RS256\"}", claims)))
        .matches(any -> any.reaches("anything") && any.covers("foo") == (prefix != null));
  }

  private Authenticator anyGroup() {
    return Authenticator.of(new ServerConfig.Auth(RSA.pem(), null, null, true), () -> nowMs);
  }

  @Test
  void groupsThatAreNoTextsInvalidateTheToken() {
    for (Object wrong : List.of(5, List.of("a", 5), Map.of("a", "b"))) {
      assertThat(access(guard, RSA.token("role", "admin", "group", wrong))).isNull();
    }
  }

  @Test
  void whyATokenIsRefusedIsSaidAndNothingOfIt() {
    assertThat(guard.judge(null, "a")).isEqualTo(Refusal.MISSING);
    assertThat(guard.judge("", "a")).isEqualTo(Refusal.MISSING);
    assertThat(guard.judge("secret.nonsense.x", "a")).isEqualTo(Refusal.INVALID);
    assertThat(guard.judge(RSA.token("exp", nowMs / 1000 - 61), "a")).isEqualTo(Refusal.EXPIRED);
    String forged = OTHER_RSA.token("exp", nowMs / 1000 - 61);
    assertThat(guard.judge(forged, "a")).isEqualTo(Refusal.INVALID);
  }

  @Test
  void anAddressThatSendsForgedTokensIsNotLookedAtForAWhile() {
    String known = RSA.admin();
    assertThat(access(guard, known)).isEqualTo(ALL);
    String same = forged(0);
    for (int i = 0; i < 1_000; i++) { // the same one again costs nothing, and no patience
      assertThat(guard.judge(same, "192.0.2.7")).isEqualTo(Refusal.INVALID);
    }
    for (int i = 1; i < Forgeries.MOST_OF_ADDRESS; i++) {
      assertThat(guard.judge(forged(i), "192.0.2.7")).isEqualTo(Refusal.INVALID);
    }
    assertThat(guard.judge(forged(99), "192.0.2.7")).isEqualTo(Refusal.TOO_MANY);
    assertThat(guard.judge(RSA.prefix("new"), "192.0.2.7")).isEqualTo(Refusal.TOO_MANY);
    assertThat(guard.judge(known, "192.0.2.7")).isInstanceOf(Grant.class);
    assertThat(guard.judge(RSA.prefix("new"), "192.0.2.8")).isInstanceOf(Grant.class);
    nowMs += 1_000;
    assertThat(guard.judge(RSA.prefix("newer"), "192.0.2.7")).isInstanceOf(Grant.class);
    assertThat(guard.judge(forged(99), "192.0.2.7")).isEqualTo(Refusal.INVALID);
  }

  @Test
  void addressesTogetherAreBoundedToo() {
    long looks =
        IntStream.range(0, 1_000)
            .filter(i -> guard.judge(forged(i), "192.0.2." + i % 250) == Refusal.INVALID)
            .count();
    assertThat(looks).isEqualTo(Forgeries.MOST);
  }

  @Test
  void whereAGoodTokenCameFromNobodyElseIsInTheWay() {
    assertThat(guard.judge(RSA.prefix("before"), "192.0.2.254")).isInstanceOf(Grant.class);
    for (int i = 0; i < 1_000; i++) {
      guard.judge(forged(i), "192.0.2." + i % 250);
    }
    assertThat(guard.judge(RSA.prefix("new"), "192.0.2.253")).isEqualTo(Refusal.TOO_MANY);
    assertThat(guard.judge(RSA.prefix("new"), "192.0.2.254")).isInstanceOf(Grant.class);
    for (int i = 0; i < Forgeries.MOST_OF_ADDRESS; i++) {
      guard.judge(forged(1_000 + i), "192.0.2.254");
    }
    assertThat(guard.judge(RSA.prefix("newer"), "192.0.2.254")).isEqualTo(Refusal.TOO_MANY);
  }

  @Test
  void whoHasANetworkOfIpv6IsOneAddress() {
    for (int i = 0; i < Forgeries.MOST_OF_ADDRESS; i++) {
      assertThat(guard.judge(forged(i), "2001:db8::" + i)).isEqualTo(Refusal.INVALID);
    }
    assertThat(guard.judge(forged(99), "2001:db8::ffff")).isEqualTo(Refusal.TOO_MANY);
    assertThat(guard.judge(forged(99), "2001:db8:0:1::1")).isEqualTo(Refusal.INVALID);
  }

  /** No two are the same, and nobody has signed them. */
  private static String forged(int number) {
    return Tokens.base64("{\"alg\":\"RS256\"}")
        + "."
        + Tokens.base64("{\"exp\":4102444800,\"role\":\"admin\",\"n\":" + number + "}")
        + "."
        + "A".repeat(342);
  }

  @Test
  void aKeyThatIsGoneOpensNothingAndTheOtherStillDoes() throws IOException {
    Tokens other = Tokens.of("ES256");
    Path file = Files.writeString(folder.resolve("keys.pem"), RSA.pem());
    Authenticator both = authenticator(file.toString(), null, null);
    String old = RSA.admin();
    Grant grant = (Grant) both.judge(old, "a");
    assertThat(both.reload()).isFalse();
    assertThat(access(both, other.admin())).isNull();

    Files.writeString(file, RSA.pem() + other.pem());
    assertThat(both.reload()).isTrue();
    assertThat(access(both, old)).isEqualTo(ALL);
    assertThat(access(both, other.admin())).isEqualTo(ALL); // it was refused a moment ago
    assertThat(both.ending(grant)).isNull();

    Files.writeString(file, "half written");
    assertThatThrownBy(both::reload).isInstanceOf(ConfigurationException.class);
    assertThat(access(both, old)).isEqualTo(ALL);

    Files.writeString(file, other.pem());
    assertThat(both.reload()).isTrue();
    assertThat(access(both, old)).isNull();
    assertThat(access(both, other.admin())).isEqualTo(ALL);
    assertThat(both.ending(grant)).isEqualTo(Ending.KEY_REMOVED);
  }

  @Test
  void whatATokenHoldsOpenEndsWithIt() {
    Tenures tenures = new Tenures(guard);
    List<Ending> endings = new ArrayList<>();
    Grant brief = (Grant) guard.judge(RSA.token("exp", nowMs / 1000 + 10), "a");
    Grant lasting = (Grant) guard.judge(RSA.admin(), "a");
    tenures.begin(brief, endings::add);
    tenures.begin(brief, endings::add).over();
    tenures.begin(lasting, endings::add);
    nowMs += 70_000;
    tenures.sweep();
    assertThat(endings).isEmpty();
    nowMs += 1_000;
    tenures.sweep();
    tenures.sweep();
    assertThat(endings).containsExactly(Ending.TOKEN_EXPIRED);
    assertThat(tenures.ended(Ending.TOKEN_EXPIRED)).isEqualTo(1);
    assertThat(tenures.ended(Ending.KEY_REMOVED)).isZero();
  }

  @Test
  void whatNoTokenHoldsOpenIsNotLookedAtEverySecond() {
    Tenures tenures = new Tenures(guard);
    tenures.begin(Grant.OF_ALL, _ -> {}).over();
    tenures.begin(Grant.OF_ALL, _ -> {});
    assertThat(tenures.size()).isZero();
    tenures.begin((Grant) guard.judge(RSA.admin(), "a"), _ -> {}).over();
    assertThat(tenures.size()).isZero();
    tenures.begin((Grant) guard.judge(RSA.admin(), "a"), _ -> {});
    assertThat(tenures.size()).isEqualTo(1);
  }

  @Test
  void withTheKeyNoneSignaturesAreNotLookedAtAndAlgorithmsStillAre() {
    Authenticator unchecked = authenticator("none", null, null);
    String claims = Tokens.base64("{\"exp\":4102444800,\"role\":\"admin\"}");
    assertThat(access(unchecked, Tokens.base64("{\"alg\":\"HS256\"}") + "." + claims + "."))
        .isEqualTo(ALL);
    assertThat(access(unchecked, Tokens.base64("{\"alg\":\"none\"}") + "." + claims + "."))
        .isNull();
    assertThat(access(unchecked, "")).isNull();
  }

  @Test
  void withoutAKeyEverythingIsOpen() {
    assertThat(access(Authenticator.of(null, () -> nowMs), null)).isEqualTo(ALL);
  }
}
