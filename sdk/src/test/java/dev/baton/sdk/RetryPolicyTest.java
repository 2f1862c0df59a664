package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

  @Test
  void neverGivesNoRetry() {
    assertThat(RetryPolicy.never().delayBefore(1)).isEmpty();
  }

  @Test
  void constantPausesTheSameEachTime() {
    assertThat(millis(RetryPolicy.constant(Duration.ofMillis(7), 3), 4))
        .containsExactly(7L, 7L, 7L, null);
  }

  @Test
  void linearGrowsByItsDelay() {
    assertThat(millis(RetryPolicy.linear(Duration.ofMillis(7), 3), 4))
        .containsExactly(7L, 14L, 21L, null);
  }

  @Test
  void exponentialGrowsByItsFactorUpToItsLongest() {
    var policy = new RetryPolicy.Exponential(Duration.ofMillis(10), 3, Duration.ofMillis(100), 4);
    assertThat(millis(policy, 5)).containsExactly(10L, 30L, 90L, 100L, null);
  }

  @Test
  void unlimitedExponentialStaysAtItsLongest() {
    var policy = RetryPolicy.exponential(Duration.ofSeconds(1), RetryPolicy.UNLIMITED);
    assertThat(policy.delayBefore(RetryPolicy.UNLIMITED)).contains(Duration.ofSeconds(30));
  }

  @Test
  void zeroRetriesIsNoRetry() {
    assertThat(RetryPolicy.constant(Duration.ZERO, 0).delayBefore(1)).isEmpty();
  }

  @Test
  void senselessPoliciesAreRefused() {
    assertThatThrownBy(() -> RetryPolicy.constant(Duration.ofMillis(-1), 1))
        .hasMessageContaining("delay PT-0.001S is negative");
    assertThatThrownBy(() -> RetryPolicy.linear(Duration.ZERO, -1))
        .hasMessageContaining("maxRetries -1 is negative");
    assertThatThrownBy(() -> new RetryPolicy.Exponential(Duration.ZERO, 0.5, Duration.ZERO, 1))
        .hasMessageContaining("factor 0.5 is below 1");
    assertThatThrownBy(() ->
            RetryPolicy.exponential(Duration.ofSeconds(1), 1).withMaxDelay(Duration.ofMillis(-1)))
        .hasMessageContaining("maxDelay PT-0.001S is negative");
    assertThatThrownBy(() ->
            RetryPolicy.exponential(Duration.ofSeconds(1), 1).withFactor(Double.POSITIVE_INFINITY))
        .hasMessageContaining("factor Infinity is not finite");
  }

  private static List<Long> millis(RetryPolicy policy, int retries) {
    return IntStream.rangeClosed(1, retries)
        .mapToObj(policy::delayBefore)
        .map((Optional<Duration> delay) -> delay.map(Duration::toMillis).orElse(null))
        .toList();
  }
}
