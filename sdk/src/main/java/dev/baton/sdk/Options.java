package dev.baton.sdk;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a call is made. Each method gives a changed copy: {@code
 * Options.target("workers").timeout(Duration.ofHours(1)).retry(RetryPolicy.never())}.
 *
 * @param target where the function runs: a group's name or an address (protocol section 13); null
 *     for the caller's own group. Local calls ignore it.
 * @param timeout how long after its creation the promise expires; never later than the promise of
 *     the calling function, except for a detached call
 * @param tags further tags of the promise (protocol section 5)
 * @param retry what happens when the function fails
 * @param delay how long after the call the function starts at the earliest. Local calls ignore it.
 */
public record Options(
    @Nullable String target,
    Duration timeout,
    Map<String, String> tags,
    RetryPolicy retry,
    Duration delay) {

  /** How long a call lives unless told otherwise: 24 hours, as with the other SDKs. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofHours(24);

  private static final Options DEFAULTS =
      new Options(null, DEFAULT_TIMEOUT, Map.of(), RetryPolicy.never(), Duration.ZERO);

  public Options {
    if (target != null && target.isBlank()) {
      throw new IllegalArgumentException("target is blank");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout " + timeout + " is not positive");
    }
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay " + delay + " is negative");
    }
    tags = Collections.unmodifiableMap(new LinkedHashMap<>(tags));
  }

  /** The own group, {@link #DEFAULT_TIMEOUT}, no tags, no retry, no delay. */
  public static Options defaults() {
    return DEFAULTS;
  }

  /**
   * The defaults with that target.
   *
   * @param target a group's name or an address such as {@code poll://any@workers/w1}
   */
  public static Options target(String target) {
    return new Options(target, DEFAULTS.timeout, DEFAULTS.tags, DEFAULTS.retry, DEFAULTS.delay);
  }

  /** With that timeout, which is positive. */
  public Options timeout(Duration timeout) {
    return new Options(target, timeout, tags, retry, delay);
  }

  /** With one more tag. */
  public Options tag(String name, String value) {
    var all = new LinkedHashMap<>(tags);
    all.put(name, value);
    return new Options(target, timeout, all, retry, delay);
  }

  /** With that retry policy, which travels with the call to whatever worker runs it. */
  public Options retry(RetryPolicy retry) {
    return new Options(target, timeout, tags, retry, delay);
  }

  /** With that delay. */
  public Options delay(Duration delay) {
    return new Options(target, timeout, tags, retry, delay);
  }
}
