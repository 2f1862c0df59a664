package dev.baton.server.record;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Places among the events as texts for who sees some of them only. Such a reader comes back to the
 * place, and learns neither how many events there were before it nor whether there were any between
 * two of them. They are good until the process ends. Thread-safe.
 */
public final class SealedPlaces {

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final HexFormat HEX = HexFormat.of();

  private final SecureRandom random = new SecureRandom();

  /** Made when it is needed first: most servers never do. */
  private @Nullable SecretKey key;

  /**
   * A place.
   *
   * @param next the first event beyond it
   * @param told the number under which its reader was told the last one before it; 0 for none
   */
  public record Place(long next, long told) {}

  /** The place as lower-case hexadecimal digits. */
  public String seal(Place place) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] plain =
        ByteBuffer.allocate(2 * Long.BYTES).putLong(place.next()).putLong(place.told()).array();
    try {
      return HEX.formatHex(nonce)
          + HEX.formatHex(cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(plain));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing a place among the events", e);
    }
  }

  /** The place that a text stands for; null if this process has not made it. */
  public @Nullable Place open(String text) {
    try {
      ByteBuffer sealed = ByteBuffer.wrap(HEX.parseHex(text));
      byte[] nonce = new byte[NONCE_BYTES];
      sealed.get(nonce);
      byte[] rest = new byte[sealed.remaining()];
      sealed.get(rest);
      ByteBuffer plain = ByteBuffer.wrap(cipher(Cipher.DECRYPT_MODE, nonce).doFinal(rest));
      return new Place(plain.getLong(), plain.getLong());
    } catch (IllegalArgumentException | BufferUnderflowException | GeneralSecurityException _) {
      return null;
    }
  }

  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key(), new GCMParameterSpec(TAG_BITS, nonce));
    return cipher;
  }

  private synchronized SecretKey key() throws GeneralSecurityException {
    if (key == null) {
      key = KeyGenerator.getInstance("AES").generateKey();
    }
    return key;
  }
}
