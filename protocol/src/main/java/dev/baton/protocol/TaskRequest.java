package dev.baton.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The requests of protocol section 9. */
public sealed interface TaskRequest extends Request {

  /** Section 9.1. */
  record Get(String id) implements TaskRequest {
    @Override
    public String kind() {
      return "task.get";
    }
  }

  /**
   * Section 9.2.
   *
   * @param ttl length of the lease in milliseconds
   */
  record Create(String pid, long ttl, PromiseRequest.Create action) implements TaskRequest {
    @Override
    public String kind() {
      return "task.create";
    }
  }

  /**
   * Section 9.3.
   *
   * @param ttl length of the lease in milliseconds
   */
  record Acquire(String id, long version, String pid, long ttl) implements TaskRequest {
    @Override
    public String kind() {
      return "task.acquire";
    }
  }

  /** Section 9.4. */
  record Release(String id, long version, @Nullable String reason) implements TaskRequest {

    /** A release for no reason that is told. */
    public Release(String id, long version) {
      this(id, version, null);
    }

    @Override
    public String kind() {
      return "task.release";
    }
  }

  /** Section 9.5. */
  record Fulfill(String id, long version, PromiseRequest.Settle action) implements TaskRequest {
    @Override
    public String kind() {
      return "task.fulfill";
    }
  }

  /** Section 9.6. */
  record Suspend(String id, long version, List<PromiseRequest.RegisterCallback> actions)
      implements TaskRequest {
    public Suspend {
      actions = List.copyOf(actions);
    }

    @Override
    public String kind() {
      return "task.suspend";
    }
  }

  /**
   * Section 9.7.
   *
   * @param preload whether the answer is to hold the other promises of the branch. Ours: servers
   *     that do not know {@code "preload": false} send them anyway
   */
  record Fence(String id, long version, FenceAction action, boolean preload)
      implements TaskRequest {

    /** A fence whose answer holds the preload. */
    public Fence(String id, long version, FenceAction action) {
      this(id, version, action, true);
    }

    @Override
    public String kind() {
      return "task.fence";
    }
  }

  /** What a fence does. It is judged only after the fence's own ids have been looked at. */
  sealed interface FenceAction {

    /**
     * The id that the action names, or null if its data has none that is a string, or it is hidden.
     */
    @Nullable String id();

    /** Creates a promise. */
    record Create(PromiseRequest.Create request) implements FenceAction {
      @Override
      public String id() {
        return request.id();
      }
    }

    /** Settles a promise. */
    record Settle(PromiseRequest.Settle request) implements FenceAction {
      @Override
      public String id() {
        return request.id();
      }
    }

    /** Settles a promise that whoever asks may not see: for them there is none. */
    record OutOfReach(PromiseRequest.Settle request) implements FenceAction {
      @Override
      public @Nullable String id() {
        return null;
      }
    }

    /** Neither; the text is the answer's. */
    record Malformed(@Nullable String id, String text) implements FenceAction {}
  }

  /** Section 9.8. An empty list means every task that the process holds (section 21.18). */
  record Heartbeat(String pid, List<TaskRef> tasks) implements TaskRequest {
    public Heartbeat {
      tasks = List.copyOf(tasks);
    }

    @Override
    public String kind() {
      return "task.heartbeat";
    }
  }

  /** A task at a version. */
  record TaskRef(String id, long version) {}

  /** Section 9.9. */
  record Halt(String id) implements TaskRequest {
    @Override
    public String kind() {
      return "task.halt";
    }
  }

  /** Section 9.9. */
  record Continue(String id) implements TaskRequest {
    @Override
    public String kind() {
      return "task.continue";
    }
  }

  /** Section 9.10; null means not given. */
  record Search(TaskRecord.@Nullable State state, @Nullable Long limit, @Nullable String cursor)
      implements TaskRequest, BulkRead {
    @Override
    public String kind() {
      return "task.search";
    }
  }
}
