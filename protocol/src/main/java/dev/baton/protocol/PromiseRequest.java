package dev.baton.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The requests of protocol section 8. */
public sealed interface PromiseRequest extends Request {

  /** Section 8.1. */
  record Get(String id) implements PromiseRequest {
    @Override
    public String kind() {
      return "promise.get";
    }
  }

  /**
   * Section 8.2.
   *
   * @param timeoutAt the deadline, epoch milliseconds
   */
  record Create(String id, long timeoutAt, Value param, Map<String, String> tags)
      implements PromiseRequest {
    public Create {
      tags = Tags.copy(tags);
    }

    @Override
    public String kind() {
      return "promise.create";
    }
  }

  /**
   * Section 8.3.
   *
   * @param state resolved, rejected or rejected_canceled
   */
  record Settle(String id, PromiseRecord.State state, Value value) implements PromiseRequest {
    public Settle {
      if (state == PromiseRecord.State.PENDING || state == PromiseRecord.State.REJECTED_TIMEDOUT) {
        throw new IllegalArgumentException("a client cannot settle as " + state.wire());
      }
    }

    @Override
    public String kind() {
      return "promise.settle";
    }
  }

  /** Section 8.4. */
  record RegisterCallback(String awaited, String awaiter) implements PromiseRequest {
    @Override
    public String kind() {
      return "promise.register_callback";
    }
  }

  /** Section 8.5. */
  record RegisterListener(String awaited, String address) implements PromiseRequest {
    @Override
    public String kind() {
      return "promise.register_listener";
    }
  }

  /** Section 8.6; null means not given. */
  record Search(
      PromiseRecord.@Nullable State state,
      @Nullable Map<String, String> tags,
      @Nullable Long limit,
      @Nullable String cursor)
      implements PromiseRequest, BulkRead {
    @Override
    public String kind() {
      return "promise.search";
    }
  }
}
