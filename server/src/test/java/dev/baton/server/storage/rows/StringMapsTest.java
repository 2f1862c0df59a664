package dev.baton.server.storage.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StringMapsTest {

  private static final List<String> PARTS =
      List.of(
          "a",
          "resonate:origin",
          "",
          " ",
          "\"",
          "\\",
          "\n",
          "\u0001",
          "{",
          "}",
          ",",
          ":",
          "é",
          "😀");

  /** With escapes and without, in any order. */
  @Test
  void whatIsWrittenIsReadInItsOrder() {
    Random random = new Random(7);
    for (int round = 0; round < 5_000; round++) {
      Map<String, String> map = new LinkedHashMap<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        map.put(text(random), text(random));
      }
      Map<String, String> read = StringMaps.map(StringMaps.text(map));
      assertThat(read).isEqualTo(map);
      assertThat(read.keySet()).containsExactlyElementsOf(map.keySet());
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(PARTS.get(random.nextInt(PARTS.size())));
    }
    return text.toString();
  }

  @Test
  void whatOthersHaveWrittenIsReadAsWell() {
    assertThat(StringMaps.map(" { \"a\" : \"b\",\n\"c\":\"d\"} "))
        .isEqualTo(Map.of("a", "b", "c", "d"));
    assertThat(StringMaps.map("{\"a\":\"b\", \"c\":\"\\u00e9\"}"))
        .isEqualTo(Map.of("a", "b", "c", "é"));
    assertThat(StringMaps.map("{\"a\":\"1\",\"b\":\"2\",\"a\":\"3\"}"))
        .isEqualTo(Map.of("a", "3", "b", "2"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{\"a\"}",
        "{\"a\":1}",
        "{\"a\":null}",
        "{\"a\":\"b\"",
        "{\"a\":\"b\",",
        "{\"a\":\"b\",}",
        "{\"a\":\"b",
        "{\"a\":\"b\"\"c\":\"d\"}",
        "{\"a\":\"b\tc\"}",
        ",\"a\":\"b\"}"
      })
  void whatIsNoMapOfStringsIsRefused(String text) {
    assertThatThrownBy(() -> StringMaps.map(text)).isInstanceOf(RuntimeException.class);
  }
}
