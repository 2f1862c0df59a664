package dev.baton.sdk;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a call is made. Begin with {@link #defaults()} or {@link #target(String)} and change what is
 * to be different, in any order: {@code
 * Options.target("workers").timeout(Duration.ofHours(1)).retry(RetryPolicy.never())} and {@code
 * Options.defaults().timeout(Duration.ofHours(1)).target("workers")} keep all that they say.
 * Immutable. A value that is out of range is refused with an {@link IllegalArgumentException} that
 * names it. More may come, always with a default.
 */
public sealed interface Options permits CallOptions {

  /** How long a call lives unless told otherwise: 24 hours, as with the other SDKs. */
  Duration DEFAULT_TIMEOUT = Duration.ofHours(24);

  /** The own group, {@link #DEFAULT_TIMEOUT}, no tags, no retry, no delay. */
  static CallOptions defaults() {
    return CallOptions.DEFAULTS;
  }

  /**
   * The defaults with that target.
   *
   * @param target a group's name or an address such as {@code poll://any@workers/w1}
   */
  static CallOptions target(String target) {
    return CallOptions.DEFAULTS.target(target);
  }

  /**
   * Where the function runs: a group's name or an address (protocol section 13); null for the
   * caller's own group. Local calls ignore it.
   */
  @Nullable String target();

  /**
   * How long after its creation the promise expires, to the millisecond; never later than the
   * promise of the calling function, except for a detached call.
   */
  Duration timeout();

  /** Further tags of the promise (protocol section 5). */
  Map<String, String> tags();

  /** What happens when the function fails. */
  RetryPolicy retry();

  /** How long after the call the function starts at the earliest. Local calls ignore it. */
  Duration delay();

  /**
   * Which version of the function is called: 1 unless told otherwise, as functions are registered
   * without one; 0 for the newest that the worker has.
   */
  int version();

  /** With that timeout, which is positive. */
  CallOptions timeout(Duration timeout);

  /** With one more tag, which is not one that the SDK gives itself, such as resonate:target. */
  CallOptions tag(String name, String value);

  /** With that retry policy, which travels with the call to whatever worker runs it. */
  CallOptions retry(RetryPolicy retry);

  /** With that delay, which is not negative. */
  CallOptions delay(Duration delay);

  /** Of that version of the function; 0 for the newest. */
  CallOptions version(int version);
}
