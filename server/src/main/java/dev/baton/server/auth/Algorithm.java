package dev.baton.server.auth;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.jspecify.annotations.Nullable;

/** The signature algorithms that a token's header may name, and which keys they go with. */
enum Algorithm {
  RS256("RS256", "SHA256withRSA"),
  RS384("RS384", "SHA384withRSA"),
  RS512("RS512", "SHA512withRSA"),
  PS256("PS256", "RSASSA-PSS"),
  PS384("PS384", "RSASSA-PSS"),
  PS512("PS512", "RSASSA-PSS"),
  ES256("ES256", "SHA256withECDSAinP1363Format"),
  ES384("ES384", "SHA384withECDSAinP1363Format"),
  EDDSA("EdDSA", "Ed25519"),
  // Known by name only: a key that is public verifies nothing with them.
  HS256("HS256", null),
  HS384("HS384", null),
  HS512("HS512", null);

  private final String header;
  private final @Nullable String signature;

  Algorithm(String header, @Nullable String signature) {
    this.header = header;
    this.signature = signature;
  }

  /** The algorithm of that name, or null; {@code none} is not one. */
  static @Nullable Algorithm of(String header) {
    for (Algorithm algorithm : values()) {
      if (algorithm.header.equals(header)) {
        return algorithm;
      }
    }
    return null;
  }

  /** Whether the key is of the algorithm's family and, for ECDSA, on its curve. */
  boolean takes(PublicKey key) {
    return switch (this) {
      case RS256, RS384, RS512, PS256, PS384, PS512 -> key instanceof RSAPublicKey;
      case ES256 -> fieldBits(key) == 256;
      case ES384 -> fieldBits(key) == 384;
      case EDDSA -> key instanceof EdECPublicKey;
      case HS256, HS384, HS512 -> false;
    };
  }

  /** The size of an elliptic curve, or 0 for a key of another kind. */
  static int fieldBits(PublicKey key) {
    return key instanceof ECPublicKey ec ? ec.getParams().getCurve().getField().getFieldSize() : 0;
  }

  /** Whether the signature over the text was made with the other half of the key. */
  boolean verifies(PublicKey key, byte[] text, byte[] signed) {
    if (signature == null || !takes(key)) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance(signature);
      setParameters(verifier);
      verifier.initVerify(key);
      verifier.update(text);
      return verifier.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // A signature of a wrong length, for example.
    }
  }

  private void setParameters(Signature verifier) throws InvalidAlgorithmParameterException {
    switch (this) {
      case PS256 -> verifier.setParameter(pss("SHA-256", MGF1ParameterSpec.SHA256, 32));
      case PS384 -> verifier.setParameter(pss("SHA-384", MGF1ParameterSpec.SHA384, 48));
      case PS512 -> verifier.setParameter(pss("SHA-512", MGF1ParameterSpec.SHA512, 64));
      case RS256, RS384, RS512, ES256, ES384, EDDSA, HS256, HS384, HS512 -> {}
    }
  }

  private static PSSParameterSpec pss(String digest, MGF1ParameterSpec mask, int saltBytes) {
    return new PSSParameterSpec(digest, "MGF1", mask, saltBytes, PSSParameterSpec.TRAILER_FIELD_BC);
  }
}
