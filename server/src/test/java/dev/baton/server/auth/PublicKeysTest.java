package dev.baton.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.server.config.ConfigurationException;
import dev.baton.testing.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicKeysTest {

  @TempDir private Path folder;

  @Test
  void aKeyIsReadFromItsTextAndFromItsFile() throws IOException {
    KeyPair keys = Tokens.key("RSA", 2048);
    String pem = Tokens.pem("PUBLIC KEY", keys.getPublic());
    Path file = Files.writeString(folder.resolve("key.pem"), "# ours\n" + pem);
    assertThat(PublicKeys.read(pem)).containsExactly(keys.getPublic());
    assertThat(PublicKeys.read(pem.replace("\n", "\r\n"))).containsExactly(keys.getPublic());
    assertThat(PublicKeys.read(file.toString())).containsExactly(keys.getPublic());
  }

  /** As env files, JSON and shells leave it. */
  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void aKeyOnOneLineIsReadHoweverItsLineEndsAreWritten(String type) throws IOException {
    KeyPair keys =
        type.equals("EC")
            ? Tokens.ecKey("secp256r1")
            : Tokens.key(type, type.equals("RSA") ? 2048 : 0);
    String pem = Tokens.pem("PUBLIC KEY", keys.getPublic());
    for (String written :
        List.of(
            pem.replace("\n", "\\n"),
            pem.replace("\n", "\\r\\n"),
            '"' + pem.replace("\n", "\\n") + '"',
            "'" + pem.replace("\n", " ") + "'",
            pem.replace("\n", ""),
            "  " + pem + "\n\n")) {
      assertThat(PublicKeys.read(written)).as(written).containsExactly(keys.getPublic());
      Path file = Files.writeString(folder.resolve("one-line.pem"), written);
      assertThat(PublicKeys.read(file + "\n")).containsExactly(keys.getPublic());
    }
  }

  @Test
  void theMessageSaysWhatWasSeen() throws IOException {
    String pem = Tokens.pem("PUBLIC KEY", Tokens.key("RSA", 2048).getPublic());
    assertRefused("/no/such/file.pem", "the path of a file that does not exist");
    assertRefused(folder.toString(), "a directory");
    assertRefused("key", "3 characters of something else");
    assertRefused("{\"kty\":\"RSA\"}", "JSON, such as a JWK");
    assertRefused("ssh-rsa AAAA me@here", "an OpenSSH key", "ssh-keygen -e -m PKCS8");
    assertRefused(pem.lines().findFirst().orElseThrow(), "the beginning of one");
    String base64 = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    assertRefused(base64, "base64 of PEM text, encoded once too often");
    assertRefused(Tokens.pem("CERTIFICATE", new byte[] {1}), "openssl x509 -pubkey -noout");
    assertRefused(Tokens.pem("PRIVATE KEY", new byte[] {1}), "openssl pkey -pubout");
    Path empty = Files.writeString(folder.resolve("empty.pem"), " \n");
    assertRefused(empty.toString(), "no PEM text in it, but nothing");
  }

  @Test
  void aSecretInThePlaceOfAKeyIsNotShown() {
    String secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA==";
    assertThatThrownBy(() -> PublicKeys.read(secret))
        .hasMessageContaining("48 characters of base64 without the lines around it")
        .message()
        .doesNotContain("c2Vj");
  }

  @Test
  void aBareRsaKeyIsReadToo() {
    KeyPair keys = Tokens.key("RSA", 2048);
    // What follows the algorithm's name and the head of the bit string.
    byte[] der = keys.getPublic().getEncoded();
    byte[] bare = Arrays.copyOfRange(der, 24, der.length);
    assertThat(PublicKeys.read(Tokens.pem("RSA PUBLIC KEY", bare)))
        .containsExactly(keys.getPublic());
  }

  @Test
  void severalKeysAreReadAndEachMustBeWhole() {
    String one = Tokens.pem("PUBLIC KEY", Tokens.key("RSA", 2048).getPublic());
    String other = Tokens.pem("PUBLIC KEY", Tokens.ecKey("secp256r1").getPublic());
    assertThat(PublicKeys.read(one + "# the old one\n" + other)).hasSize(2);
    assertRefused(one + other.replace("-----END", "-----"), "key 2 of 2 is not whole");
    assertRefused(one.repeat(9), "9 keys; at most 8");
  }

  @Test
  void whatIsNoUsableKeyIsNamed() throws IOException {
    assertRefused("/no/such/file.pem", "/no/such/file.pem", "nor a readable file");
    assertRefused("bad\0path", "nor a readable file");
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    assertRefused(empty.toString(), "empty.pem", "no PEM text");
    assertRefused(folder.toString(), "nor a readable file");
    assertRefused("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "neither an RSA");
    assertRefused("-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----", "not base64");
    assertRefused("-----BEGIN PUBLIC KEY-----\nAAAA\n", "no PEM text");
    KeyPair keys = Tokens.key("RSA", 2048);
    assertRefused(Tokens.pem("PRIVATE KEY", keys.getPrivate().getEncoded()), "it is a PRIVATE KEY");
    assertRefused(
        Tokens.pem("PUBLIC KEY", Tokens.key("RSA", 1024).getPublic()), "RSA key of 1024 bits");
    assertRefused(
        Tokens.pem("PUBLIC KEY", Tokens.ecKey("secp521r1").getPublic()), "curve of 521 bits");
    assertRefused(Tokens.pem("PUBLIC KEY", Tokens.key("X25519", 0).getPublic()), "neither an RSA");
  }

  private static void assertRefused(String key, String... texts) {
    assertThatThrownBy(() -> PublicKeys.read(key))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("auth.publickey")
        .hasMessageContainingAll(texts);
  }
}
