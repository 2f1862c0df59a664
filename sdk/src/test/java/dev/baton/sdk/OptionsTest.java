package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionsTest {

  private static final RetryPolicy RETRY = RetryPolicy.constant(Duration.ZERO, 1);

  @Test
  void eachMethodChangesOneThingOfACopy() {
    var target = Options.target("workers");
    var all =
        target
            .timeout(Duration.ofHours(1))
            .tag("a", "1")
            .tag("b", "2")
            .retry(RETRY)
            .delay(Duration.ofSeconds(5));
    assertThat(all.target()).isEqualTo("workers");
    assertThat(all.timeout()).isEqualTo(Duration.ofHours(1));
    assertThat(all.tags()).isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(all.retry()).isEqualTo(RETRY);
    assertThat(all.delay()).isEqualTo(Duration.ofSeconds(5));
    assertThat(target.tags()).isEmpty();
  }

  @Test
  void targetKeepsWhatWasSaidBeforeIt() {
    assertThat(Options.defaults().timeout(Duration.ofHours(1)).retry(RETRY).target("x"))
        .isEqualTo(Options.target("x").timeout(Duration.ofHours(1)).retry(RETRY))
        .hasToString(
            "CallOptions[target=x, timeout=PT1H, tags={}, retry="
                + RETRY
                + ", delay=PT0S, version=1]");
  }

  @Test
  void senselessOptionsAreRefused() {
    assertThatThrownBy(() -> Options.target(" ")).hasMessageContaining("target is blank");
    assertThatThrownBy(() -> Options.defaults().timeout(Duration.ZERO))
        .hasMessageContaining("timeout PT0S is not positive");
    assertThatThrownBy(() -> Options.defaults().delay(Duration.ofMillis(-1)))
        .hasMessageContaining("delay PT-0.001S is negative");
    assertThatThrownBy(() -> Options.defaults().tag("resonate:target", "poll://any@x"))
        .hasMessage(
            "tag resonate:target is one that the SDK gives itself; where a function runs is said by"
                + " target");
    assertThatThrownBy(() -> Options.defaults().tag("resonate:parent", "x"))
        .hasMessage("tag resonate:parent is one that the SDK gives itself");
    assertThat(Options.defaults().tag("resonate:invoke", "x").tags()).hasSize(1);
  }
}
