package dev.baton.sdk.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimesTest {

  private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE);

  @Test
  void laterIsNeverBeyondALongNorBeforeTheEpoch() {
    assertThat(Times.after(1_000, Duration.ofMillis(5))).isEqualTo(1_005);
    assertThat(Times.after(1_000, LONGEST)).isEqualTo(Long.MAX_VALUE);
    assertThat(Times.after(1_000, Duration.ofMillis(-5))).isEqualTo(995);
    assertThat(Times.after(1_000, LONGEST.negated())).isZero();
  }

  @Test
  void whatIsNotPositiveIsRefusedByItsName() {
    assertThat(Times.positive("timeout", LONGEST)).isEqualTo(LONGEST);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Times.positive("timeout", Duration.ZERO))
        .withMessage("timeout PT0S is not positive");
  }
}
