package dev.baton.server.auth;

import dev.baton.protocol.Printable;
import dev.baton.server.config.ConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads public keys: RSA, EC on P-256 or P-384, or Ed25519. */
final class PublicKeys {

  private static final int LEAST_RSA_BITS = 2048;

  /** A token is held against each. */
  private static final int MOST_KEYS = 8;

  private static final String BEGIN = "-----BEGIN";
  private static final String EXPECTED = "-----BEGIN PUBLIC KEY----- is expected";
  private static final Pattern LONG_BASE64 = Pattern.compile("[A-Za-z0-9+/=_\\s-]{40,}");
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  /** The DER of {@code SEQUENCE {OID rsaEncryption, NULL}}. */
  private static final byte[] RSA_ENCRYPTION = Base64.getDecoder().decode("MA0GCSqGSIb3DQEBAQUA");

  private PublicKeys() {}

  /**
   * The keys, at least one.
   *
   * @param textOrPath PEM text, also on one line and with {@code \n} in the place of line ends, as
   *     files of variables hold it; or the path of a file that holds it
   * @throws ConfigurationException if there is no key in it, one that is not usable, or too many;
   *     the message says what there is
   */
  static List<PublicKey> read(String textOrPath) {
    boolean isText = textOrPath.contains(BEGIN);
    String origin = isText ? "auth.publickey" : "auth.publickey " + shown(textOrPath);
    String text = unescaped(isText ? textOrPath : readFile(textOrPath.strip()));
    Matcher pem = PEM.matcher(text);
    List<PublicKey> keys = new ArrayList<>();
    while (pem.find()) {
      keys.add(check(origin, decode(origin, pem.group(1), pem.group(2))));
    }
    if (keys.isEmpty()) {
      throw new ConfigurationException(
          origin + ": no PEM text in it, but " + seen(text) + "; " + EXPECTED);
    }
    int begun = text.split(BEGIN, -1).length - 1;
    if (begun > keys.size()) {
      throw new ConfigurationException(
          origin + ": key " + (keys.size() + 1) + " of " + begun + " is not whole");
    }
    if (keys.size() > MOST_KEYS) {
      throw new ConfigurationException(
          origin + ": " + keys.size() + " keys; at most " + MOST_KEYS + " are expected");
    }
    return List.copyOf(keys);
  }

  private static String readFile(String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException | InvalidPathException e) {
      throw new ConfigurationException(
          "auth.publickey %s: neither PEM text, nor `none`, nor a readable file, but %s; %s"
              .formatted(shown(path), seen(path), EXPECTED));
    }
  }

  private static String unescaped(String text) {
    return text.contains("\\n") ? text.replace("\\r", "").replace("\\n", "\n") : text;
  }

  /** Whether a value may be a path; others may be secrets, and are not shown. */
  private static boolean mayBePath(String text) {
    return text.length() < 200 && !LONG_BASE64.matcher(text).matches() && !text.contains("{");
  }

  private static String shown(String text) {
    return mayBePath(text) ? Printable.of(text) : "(not shown)";
  }

  /** What a text without a key is, as far as that helps. */
  private static String seen(String text) {
    String stripped = text.strip();
    if (stripped.isEmpty()) {
      return "nothing";
    }
    if (stripped.startsWith("{")) {
      return "JSON, such as a JWK, of %d characters".formatted(stripped.length());
    }
    if (stripped.startsWith("ssh-") || stripped.startsWith("ecdsa-")) {
      return "an OpenSSH key, which `ssh-keygen -e -m PKCS8` converts";
    }
    if (stripped.contains(BEGIN)) {
      return "the beginning of one, %d characters without its end: a value that was cut at a line end?"
          .formatted(stripped.length());
    }
    if (LONG_BASE64.matcher(stripped).matches()) {
      return new String(Base64.getMimeDecoder().decode(stripped), StandardCharsets.ISO_8859_1)
              .contains(BEGIN)
          ? "base64 of PEM text, encoded once too often"
          : "%d characters of base64 without the lines around it".formatted(stripped.length());
    }
    Path path = mayBePath(stripped) && stripped.indexOf('\0') < 0 ? Path.of(stripped) : null;
    if (path != null && Files.isDirectory(path)) {
      return "a directory";
    }
    if (path != null && Files.exists(path)) {
      return "a file that cannot be read";
    }
    return stripped.contains("/") || stripped.endsWith(".pem")
        ? "the path of a file that does not exist"
        : "%d characters of something else".formatted(stripped.length());
  }

  private static PublicKey decode(String origin, String label, String base64) {
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(origin + ": what the PEM text holds is not base64");
    }
    switch (label) {
      case "PUBLIC KEY" -> {}
      case "RSA PUBLIC KEY" -> der = wrap(der);
      default ->
          throw new ConfigurationException(
              "%s: it is a %s%s; a PUBLIC KEY is expected".formatted(origin, label, remedy(label)));
    }
    for (String type : List.of("RSA", "EC", "Ed25519")) {
      try {
        return KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        // A key of another type, perhaps.
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this Java has no " + type + " keys", e);
      }
    }
    throw new ConfigurationException(
        origin + ": neither an RSA, nor an EC, nor an Ed25519 public key");
  }

  private static String remedy(String label) {
    if (label.endsWith("PRIVATE KEY")) {
      return ", which belongs to whoever signs (`openssl pkey -pubout` makes the public one of it)";
    }
    return label.equals("CERTIFICATE") ? " (`openssl x509 -pubkey -noout` prints its key)" : "";
  }

  /** A bare RSA key (PKCS #1) as the structure that names its type. */
  private static byte[] wrap(byte[] rsaKey) {
    byte[] bits = new byte[rsaKey.length + 1];
    System.arraycopy(rsaKey, 0, bits, 1, rsaKey.length);
    byte[] bitString = element(0x03, bits);
    byte[] both = new byte[RSA_ENCRYPTION.length + bitString.length];
    System.arraycopy(RSA_ENCRYPTION, 0, both, 0, RSA_ENCRYPTION.length);
    System.arraycopy(bitString, 0, both, RSA_ENCRYPTION.length, bitString.length);
    return element(0x30, both);
  }

  private static byte[] element(int tag, byte[] content) {
    ByteArrayOutputStream der = new ByteArrayOutputStream(content.length + 4);
    der.write(tag);
    if (content.length >= 0x80) {
      boolean isLong = content.length > 0xFF;
      der.write(isLong ? 0x82 : 0x81);
      if (isLong) {
        der.write(content.length >> 8);
      }
    }
    der.write(content.length);
    der.writeBytes(content);
    return der.toByteArray();
  }

  private static PublicKey check(String origin, PublicKey key) {
    if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
      throw new ConfigurationException(
          origin
              + ": an RSA key of "
              + rsa.getModulus().bitLength()
              + " bits; at least "
              + LEAST_RSA_BITS
              + " are expected");
    }
    for (Algorithm algorithm : Algorithm.values()) {
      if (algorithm.takes(key)) {
        return key;
      }
    }
    throw new ConfigurationException(
        origin
            + ": an EC key on a curve of "
            + Algorithm.fieldBits(key)
            + " bits; P-256 or P-384 is expected");
  }
}
