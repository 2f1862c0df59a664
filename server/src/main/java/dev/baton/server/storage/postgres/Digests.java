package dev.baton.server.storage.postgres;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32;

/** Keys for what may be too long to be one. One thread at a time may use it. */
final class Digests {

  /** Those of equal names are equal; those of others may be, and so is looked at the names, too. */
  private static final int NAME_BYTES = 16;

  private final MessageDigest digest;
  private final CRC32 crc = new CRC32();

  Digests() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has it", e);
    }
  }

  /** The key of a name. */
  byte[] name(String name) {
    return Arrays.copyOf(digest.digest(utf8(name)), NAME_BYTES);
  }

  /** The key of two texts, of which the first is an id, which holds no NUL. */
  byte[] pair(String id, String other) {
    digest.update(utf8(id));
    digest.update((byte) 0);
    return digest.digest(utf8(other));
  }

  /** Which of 256 parts of a database an id belongs to, by its first segment. */
  int bucket(String firstSegment) {
    crc.reset();
    crc.update(utf8(firstSegment));
    return (int) crc.getValue() & 0xFF;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
