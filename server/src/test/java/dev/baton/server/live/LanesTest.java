package dev.baton.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanesTest {

  @Test
  void pidsAreReadInTheirOrderAndOnceEach() {
    assertThat(read("{\"a\":[{\"lanes\":[\"no\"]}],\"lanes\":[\"w-2\",\"w-1\",\"w-2\"],\"b\":1}"))
        .containsExactly("w-2", "w-1");
    assertThat(read("{\"lanes\":[]}")).isEmpty();
    assertThat(read(lanes(Lanes.MOST))).hasSize(Lanes.MOST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"lanes\":null}",
        "{\"lanes\":\"w-1\"}",
        "{\"lanes\":[1]}",
        "{\"lanes\":[[\"w-1\"]]}",
        "{\"lanes\":[\"w-1\"",
        "lanes"
      })
  void everythingElseIsNone(String body) {
    assertThat(read(body)).isNull();
  }

  @Test
  void thereAreNotMoreThanTheMost() {
    assertThat(read(lanes(Lanes.MOST + 1))).isNull();
  }

  private static String lanes(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"w-" + i + '"')
        .collect(Collectors.joining(",", "{\"lanes\":[", "]}"));
  }

  private static @Nullable Set<String> read(String body) {
    return Lanes.read(body.getBytes(StandardCharsets.UTF_8));
  }
}
