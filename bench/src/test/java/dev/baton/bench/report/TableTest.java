package dev.baton.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          0,        0
          0.012345, 0.012
          1.2345,   1.23
          12.345,   12.3
          123.45,   123
          12345.6,  '12,346'
          NaN,      -
          """)
  void numbersHaveThreeDigits(double number, String text) {
    assertThat(Table.number(number)).isEqualTo(text);
  }

  @Test
  void aRowShowsFigureCeilingShareAndGoal() {
    Report report = new Report();
    report.add(
        Row.of("m", "p99", "ms", Summary.of(List.of(4.0, 1.0, 2.0)))
            .under(Summary.of(1.0), "echo")
            .reaching(new Goal.AtMost(3)));
    assertThat(Table.of(report).replaceAll(" +", " "))
        .contains("| m | p99 | 2 ms | 1 .. 4 | 1 ms (echo) | 50 % | <= 3 ms | yes |");
  }

  @Test
  void aRateIsAShareOfItsCeilingTheOtherWayRound() {
    Row row =
        Row.of("m", "rate", "", Summary.of(30.0))
            .under(Summary.of(40.0), "echo")
            .reaching(new Goal.AtLeast(50));
    assertThat(row.share()).isEqualTo(0.75);
    assertThat(row.isReached()).isFalse();
  }

  @Test
  void ofAFigureThatIsMissingNothingIsSaid() {
    Row row = Row.of("m", "cpu", "ms", Summary.of(Double.NaN)).reaching(new Goal.AtMost(1));
    assertThat(row.isReached()).isNull();
  }
}
