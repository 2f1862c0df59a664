package dev.baton.sdk.internal.value;

import dev.baton.protocol.PromiseRecord;
import dev.baton.sdk.PromiseCanceledException;
import dev.baton.sdk.PromiseTimeoutException;
import java.lang.reflect.Type;

/** What a settled promise means to who waited for it. */
public final class Outcomes {

  private Outcomes() {}

  /** The value, or the failure thrown. */
  @SuppressWarnings({"unchecked", "NullAway"}) // The type is the caller's; null is a value.
  public static <T> T of(Values values, PromiseRecord promise, Type type) {
    return switch (promise.state()) {
      case RESOLVED -> (T) values.decode(promise.value(), type, "the value of " + promise.id());
      case REJECTED -> throw Failures.decode(values, promise.id(), promise.value());
      case REJECTED_CANCELED -> throw new PromiseCanceledException(promise.id());
      case REJECTED_TIMEDOUT -> throw new PromiseTimeoutException(promise.id());
      case PENDING -> throw new IllegalStateException(promise.id() + " is pending");
    };
  }
}
