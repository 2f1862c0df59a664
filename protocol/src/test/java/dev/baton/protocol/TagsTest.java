package dev.baton.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagsTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 6, 16, 17, 100})
  void aCopyIsEqualInTheSameOrderAndItsOwn(int size) {
    var original = new LinkedHashMap<String, String>();
    for (int i = size; i > 0; i--) {
      original.put("name" + i, "value" + i);
    }
    var copy = Tags.copy(original);
    assertThat(copy).isEqualTo(original).hasSameHashCodeAs(original).hasSize(size);
    assertThat(original).isEqualTo(copy);
    assertThat(List.copyOf(copy.keySet())).isEqualTo(List.copyOf(original.keySet()));
    assertThat(copy.get("name1")).isEqualTo(original.get("name1"));
    assertThat(copy.containsKey("name1")).isEqualTo(size > 0);
    assertThat(copy.get("other")).isNull();
    assertThat(copy.containsKey("other")).isFalse();
    assertThat(Tags.copy(copy)).isEqualTo(original);

    original.put("later", "x");
    assertThat(copy).hasSize(size);
    assertThatThrownBy(() -> copy.put("name1", "x"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> copy.remove("name1"))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a"})
  void emptyValuesCount(String value) {
    assertThat(Tags.copy(Map.of("k", value))).containsEntry("k", value).containsKey("k");
  }
}
