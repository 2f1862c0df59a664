package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstantsTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          1,                    2,                    3
          -1,                   -2,                   -3
          9223372036854775807,  0,                    9223372036854775807
          9223372036854775807,  1,                    9223372036854775807
          1,                    9223372036854775807,  9223372036854775807
          9223372036854775807,  9223372036854775807,  9223372036854775807
          -9223372036854775808, -1,                   -9223372036854775808
          -9223372036854775808, 9223372036854775807,  -1
          -5,                   9223372036854775807,  9223372036854775802
          """)
  void sumsStopAtTheEnds(long at, long ms, long sum) {
    assertThat(Instants.plus(at, ms)).isEqualTo(sum);
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          0,                   0
          +7,                  7
          007,                 7
          9223372036854775807, 9223372036854775807
          9223372036854775808,
          99999999999999999999,
          -1,
          +,
          '',
          ' 5',
          '5 ',
          5.0,
          0x5,
          \u0665,
          """)
  void numbersAreReadStrictly(String text, @Nullable Long number) {
    assertThat(Instants.parse(text)).isEqualTo(number);
  }
}
