package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void eachMethodChangesOneThingOfACopy() {
    var target = Options.target("workers");
    var all =
        target
            .timeout(Duration.ofHours(1))
            .tag("a", "1")
            .tag("b", "2")
            .retry(RetryPolicy.constant(Duration.ZERO, 1))
            .delay(Duration.ofSeconds(5));
    assertThat(all)
        .isEqualTo(
            new Options(
                "workers",
                Duration.ofHours(1),
                Map.of("a", "1", "b", "2"),
                RetryPolicy.constant(Duration.ZERO, 1),
                Duration.ofSeconds(5)));
    assertThat(target.tags()).isEmpty();
  }

  @Test
  void senselessOptionsAreRefused() {
    assertThatThrownBy(() -> Options.target(" ")).hasMessageContaining("target is blank");
    assertThatThrownBy(() -> Options.defaults().timeout(Duration.ZERO))
        .hasMessageContaining("timeout PT0S is not positive");
    assertThatThrownBy(() -> Options.defaults().delay(Duration.ofMillis(-1)))
        .hasMessageContaining("delay PT-0.001S is negative");
  }
}
