package dev.baton.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BytesTest {

  private static final int LARGE = 1 << 20;

  private final Bytes bytes = new Bytes();

  @Test
  void holdsWhatWasWrittenSinceItBeganInPiecesOfAnySize() {
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      var expected = new ByteArrayOutputStream();
      bytes.reset();
      for (int piece = random.nextInt(8); piece > 0; piece--) {
        byte[] some = new byte[random.nextInt(100_000)];
        random.nextBytes(some);
        int from = random.nextInt(some.length + 1);
        bytes.write(some, from, some.length - from);
        expected.write(some, from, some.length - from);
        bytes.write(round);
        expected.write(round);
      }
      assertThat(bytes.toByteArray()).as("round %d", round).isEqualTo(expected.toByteArray());
    }
  }

  @Test
  void whatIsLargeTakesLittleMoreThanTwiceItsSize() {
    byte[] piece = new byte[8_000];
    long began = allocated();
    for (int i = 0; i < LARGE / piece.length; i++) {
      bytes.write(piece, 0, piece.length);
    }
    byte[] all = bytes.toByteArray();
    long taken = allocated() - began;
    assertThat(all).hasSize(LARGE / piece.length * piece.length);
    assertThat(taken).isLessThan(5L * LARGE / 2);
  }

  private static long allocated() {
    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}
