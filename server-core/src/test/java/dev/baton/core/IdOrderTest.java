package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdOrderTest {

  @Test
  void idsAreOrderedAsTheirBytes() {
    int[] characters = {
      'a', 'b', '.', 0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF
    };
    var random = new Random(1);
    for (int round = 0; round < 100_000; round++) {
      var a = random(random, characters);
      var b = random(random, characters);
      int bytes =
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
      assertThat(Integer.signum(IdOrder.INSTANCE.compare(a, b)))
          .as("%s and %s", a, b)
          .isEqualTo(Integer.signum(bytes));
    }
  }

  private static String random(Random random, int[] characters) {
    var text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.appendCodePoint(characters[random.nextInt(characters.length)]);
    }
    return text.toString();
  }
}
