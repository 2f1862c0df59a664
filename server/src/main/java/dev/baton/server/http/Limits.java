package dev.baton.server.http;

import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;
import org.jspecify.annotations.Nullable;

/** The server's own limits, beside the protocol's rules: how long what it would store may be. */
final class Limits {

  private final int maxIdLength;

  Limits(int maxIdLength) {
    this.maxIdLength = maxIdLength;
  }

  /** Names the first field that is too long, or answers null. */
  @Nullable String check(Request request) {
    return switch (request) {
      case PromiseRequest promise -> check(promise);
      case TaskRequest.Create(String pid, _, var action) -> first(check(action), id("pid", pid));
      case TaskRequest.Acquire(_, _, String pid, _) -> id("pid", pid);
      case TaskRequest.Fence(_, _, TaskRequest.FenceAction.Create(var action), _) -> check(action);
      case TaskRequest.Get _,
          TaskRequest.Release _,
          TaskRequest.Fulfill _,
          TaskRequest.Suspend _,
          TaskRequest.Fence _,
          TaskRequest.Heartbeat _,
          TaskRequest.Halt _,
          TaskRequest.Continue _,
          TaskRequest.Search _ ->
          null;
      case ScheduleRequest.Create create ->
          first(id("id", create.id()), id("promiseId", create.promiseId()));
      case ScheduleRequest.Get _, ScheduleRequest.Delete _, ScheduleRequest.Search _ -> null;
      case DebugRequest _ -> null;
    };
  }

  private @Nullable String check(PromiseRequest request) {
    return switch (request) {
      case PromiseRequest.Create create -> id("id", create.id());
      case PromiseRequest.RegisterListener(_, String address) -> id("address", address);
      case PromiseRequest.Get _,
          PromiseRequest.Settle _,
          PromiseRequest.RegisterCallback _,
          PromiseRequest.Search _ ->
          null;
    };
  }

  private @Nullable String id(String field, String value) {
    return value.length() <= maxIdLength
        ? null
        : field
            + " has "
            + value.length()
            + " characters; server.max_id_length allows "
            + maxIdLength;
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
    return one == null ? other : one;
  }
}
