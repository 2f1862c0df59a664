package dev.baton.sdk;

import dev.baton.protocol.Tags;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Options and what changes them. A type apart from {@link Options}, because a method {@code
 * target(String)} there begins with the defaults and one here keeps the rest.
 */
public final class CallOptions implements Options {

  /** What is changed before it is frozen. */
  private static final class Draft {
    private @Nullable String target;
    private Duration timeout = DEFAULT_TIMEOUT;
    private Map<String, String> tags = Map.of();
    private RetryPolicy retry = RetryPolicy.never();
    private Duration delay = Duration.ZERO;
    private int version = 1;
  }

  /** Whatever a program gave for these would be lost without a word. */
  private static final Set<String> OF_THE_SDK =
      Set.of(Tags.TARGET, Tags.ORIGIN, Tags.BRANCH, Tags.PARENT, Tags.PREFIX, Tags.SCOPE);

  static final CallOptions DEFAULTS = new CallOptions(new Draft());

  private final @Nullable String target;
  private final Duration timeout;
  private final Map<String, String> tags;
  private final RetryPolicy retry;
  private final Duration delay;
  private final int version;

  private CallOptions(Draft draft) {
    target = draft.target;
    timeout = draft.timeout;
    tags = draft.tags;
    retry = draft.retry;
    delay = draft.delay;
    version = draft.version;
    if (target != null && target.isBlank()) {
      throw new IllegalArgumentException("target is blank");
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("timeout " + timeout + " is not positive");
    }
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay " + delay + " is negative");
    }
    if (version < 0) {
      throw new IllegalArgumentException("version " + version + " is negative; 0 is the newest");
    }
  }

  private CallOptions with(Consumer<Draft> change) {
    var draft = new Draft();
    draft.target = target;
    draft.timeout = timeout;
    draft.tags = tags;
    draft.retry = retry;
    draft.delay = delay;
    draft.version = version;
    change.accept(draft);
    return new CallOptions(draft);
  }

  /** With that target: a group's name or an address such as {@code poll://any@workers/w1}. */
  public CallOptions target(String target) {
    return with(draft -> draft.target = target);
  }

  @Override
  public CallOptions timeout(Duration timeout) {
    return with(draft -> draft.timeout = timeout);
  }

  @Override
  public CallOptions tag(String name, String value) {
    if (OF_THE_SDK.contains(name)) {
      throw new IllegalArgumentException(
          "tag "
              + name
              + " is one that the SDK gives itself"
              + (name.equals(Tags.TARGET) ? "; where a function runs is said by target" : ""));
    }
    var all = new LinkedHashMap<>(tags);
    all.put(name, value);
    return with(draft -> draft.tags = Collections.unmodifiableMap(all));
  }

  @Override
  public CallOptions retry(RetryPolicy retry) {
    return with(draft -> draft.retry = retry);
  }

  @Override
  public CallOptions delay(Duration delay) {
    return with(draft -> draft.delay = delay);
  }

  @Override
  public CallOptions version(int version) {
    return with(draft -> draft.version = version);
  }

  @Override
  public @Nullable String target() {
    return target;
  }

  @Override
  public Duration timeout() {
    return timeout;
  }

  @Override
  public Map<String, String> tags() {
    return tags;
  }

  @Override
  public RetryPolicy retry() {
    return retry;
  }

  @Override
  public Duration delay() {
    return delay;
  }

  @Override
  public int version() {
    return version;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CallOptions it
        && Objects.equals(target, it.target)
        && timeout.equals(it.timeout)
        && tags.equals(it.tags)
        && retry.equals(it.retry)
        && delay.equals(it.delay)
        && version == it.version;
  }

  @Override
  public int hashCode() {
    return Objects.hash(target, timeout, tags, retry, delay, version);
  }

  @Override
  public String toString() {
    return "CallOptions[target=%s, timeout=%s, tags=%s, retry=%s, delay=%s, version=%s]"
        .formatted(target, timeout, tags, retry, delay, version);
  }
}
