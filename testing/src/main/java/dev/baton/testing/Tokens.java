package dev.baton.testing;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes keys and tokens as an issuer would. */
public final class Tokens {

  /** Long after every test. */
  public static final long FAR = 4_102_444_800L;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final KeyPair keys;
  private final String algorithm;

  private Tokens(KeyPair keys, String algorithm) {
    this.keys = keys;
    this.algorithm = algorithm;
  }

  /** An issuer with a fresh key for that algorithm. */
  public static Tokens of(String algorithm) {
    return new Tokens(
        switch (algorithm) {
          case "ES256" -> ecKey("secp256r1");
          case "ES384" -> ecKey("secp384r1");
          case "EdDSA" -> key("Ed25519", 0);
          default -> key("RSA", 2048);
        },
        algorithm);
  }

  /** The same key, and another algorithm in the header and the signature. */
  public Tokens as(String other) {
    return new Tokens(keys, other);
  }

  public static KeyPair key(String type, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
      if (bits > 0) {
        generator.initialize(bits);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public static KeyPair ecKey(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The public half. */
  public String pem() {
    return pem("PUBLIC KEY", keys.getPublic());
  }

  public static String pem(String label, PublicKey key) {
    return pem(label, key.getEncoded());
  }

  public static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /** A token with these claims beside an expiry far away. */
  public String token(Object... namesAndValues) {
    Map<String, @Nullable Object> claims = new LinkedHashMap<>();
    claims.put("exp", FAR);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      claims.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
    }
    return sign(claims);
  }

  /** A token that may do everything. */
  public String admin() {
    return token("role", "admin");
  }

  /** A token that may touch what starts with the prefix. */
  public String prefix(String prefix) {
    return token("prefix", prefix);
  }

  public String sign(Map<String, ? extends @Nullable Object> claims) {
    try {
      return sign(
          "{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}", JSON.writeValueAsString(claims));
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public String sign(String header, String claims) {
    String text = base64(header) + "." + base64(claims);
    return text + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature(text));
  }

  private byte[] signature(String text) {
    try {
      Signature signer =
          Signature.getInstance(
              switch (algorithm) {
                case "RS256" -> "SHA256withRSA";
                case "RS384" -> "SHA384withRSA";
                case "RS512" -> "SHA512withRSA";
                case "PS256", "PS384", "PS512" -> "RSASSA-PSS";
                case "ES256" -> "SHA256withECDSAinP1363Format";
                case "ES384" -> "SHA384withECDSAinP1363Format";
                case "EdDSA" -> "Ed25519";
                default -> throw new IllegalArgumentException(algorithm);
              });
      PSSParameterSpec parameters =
          switch (algorithm) {
            case "PS256" ->
                new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);
            case "PS384" ->
                new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, 1);
            case "PS512" ->
                new PSSParameterSpec("SHA-512", "MGF1", MGF1ParameterSpec.SHA512, 64, 1);
            default -> null;
          };
      if (parameters != null) {
        signer.setParameter(parameters);
      }
      signer.initSign(Objects.requireNonNull(keys.getPrivate()));
      signer.update(text.getBytes(StandardCharsets.US_ASCII));
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
