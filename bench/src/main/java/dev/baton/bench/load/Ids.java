package dev.baton.bench.load;

/**
 * The ids of a measure's promises: a prefix and eight hexadecimal digits of a number, scrambled.
 * Scrambled, because ids of real callers come in no order that helps a database.
 */
public final class Ids {

  static final int DIGITS = 8;

  /** Odd, so multiplying by it, modulo 2^32, can be undone. */
  private static final int SCRAMBLE = 0x9E3779B1;

  private static final int UNSCRAMBLE = inverse(SCRAMBLE);
  private static final byte[] HEX = Scan.ascii("0123456789abcdef");

  private Ids() {}

  private static int inverse(int odd) {
    int inverse = odd;
    for (int i = 0; i < 5; i++) {
      inverse *= 2 - odd * inverse; // Newton: each step doubles the correct bits.
    }
    return inverse;
  }

  /** Writes a number's digits. */
  static void write(byte[] bytes, int at, int number) {
    int scrambled = number * SCRAMBLE;
    for (int i = DIGITS - 1; i >= 0; i--) {
      bytes[at + i] = HEX[scrambled & 15];
      scrambled >>>= 4;
    }
  }

  /** A number's digits. */
  public static String digits(int number) {
    byte[] digits = new byte[DIGITS];
    write(digits, 0, number);
    return new String(digits, java.nio.charset.StandardCharsets.US_ASCII);
  }

  /** The number of the id that ends before a place; -1 if its end is not eight digits. */
  static int read(byte[] bytes, int end) {
    int scrambled = 0;
    for (int at = end - DIGITS; at < end; at++) {
      int digit = Character.digit(bytes[at], 16);
      if (digit < 0) {
        return -1;
      }
      scrambled = scrambled << 4 | digit;
    }
    return scrambled * UNSCRAMBLE;
  }
}
