package dev.baton.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 65_535, 1_000_000, Integer.MAX_VALUE, -1})
  void aNumberIsReadBackFromTheEndOfItsId(int number) {
    byte[] id = Scan.ascii("some-prefix-" + Ids.digits(number));
    assertThat(Ids.read(id, id.length)).isEqualTo(number);
  }

  @Test
  void neighboursDoNotSortTogether() {
    assertThat(Ids.digits(1).substring(0, 2)).isNotEqualTo(Ids.digits(2).substring(0, 2));
  }

  @Test
  void anIdOfAnotherKindHasNoNumber() {
    byte[] id = Scan.ascii("some-other-id");
    assertThat(Ids.read(id, id.length)).isEqualTo(-1);
  }
}
