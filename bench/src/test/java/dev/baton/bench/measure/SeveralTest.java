package dev.baton.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeveralTest {

  @Test
  void whoSentNothingAfterALossDoesNotSayWhenItWasServedAgain() {
    assertThat(Several.earlier(0.3, Double.NaN)).isEqualTo(0.3);
    assertThat(Several.earlier(Double.NaN, 0.3)).isEqualTo(0.3);
    assertThat(Several.earlier(0.3, 0.2)).isEqualTo(0.2);
    assertThat(Several.earlier(Double.NaN, Double.NaN)).isNaN();
  }
}
