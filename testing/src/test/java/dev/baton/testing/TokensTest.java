package dev.baton.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The issuer of the tests is one whom the JDK believes. */
class TokensTest {

  @ParameterizedTest
  @CsvSource({
    "RS256, RSA,     SHA256withRSA",
    "ES256, EC,      SHA256withECDSAinP1363Format",
    "ES384, EC,      SHA384withECDSAinP1363Format",
    "EdDSA, Ed25519, Ed25519"
  })
  void aTokenIsSignedWithTheKeyThatThePemTextHolds(String algorithm, String key, String signature)
      throws Exception {
    Tokens issuer = Tokens.of(algorithm);
    String[] parts = issuer.prefix("shop").split("\\.");
    assertThat(decode(parts[0])).asString().contains("\"alg\":\"" + algorithm + "\"");
    assertThat(decode(parts[1])).asString().contains("\"prefix\":\"shop\"");
    Signature verifier = Signature.getInstance(signature);
    verifier.initVerify(publicKey(key, issuer.pem()));
    verifier.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    assertThat(verifier.verify(decode(parts[2]))).isTrue();
  }

  private static byte[] decode(String part) {
    return Base64.getUrlDecoder().decode(part);
  }

  private static PublicKey publicKey(String algorithm, String pem) throws Exception {
    String body = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    return KeyFactory.getInstance(algorithm)
        .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(body)));
  }
}
