package dev.baton.server.cluster;

import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;

/**
 * Which requests may be sent again when it is not known whether they have happened: those that,
 * done twice, leave the same state behind and get an answer that could have been the first.
 */
final class Repeats {

  private Repeats() {}

  static boolean isSafe(Request request) {
    return switch (request) {
      case PromiseRequest.Get _,
          PromiseRequest.Search _,
          PromiseRequest.Create _,
          PromiseRequest.Settle _,
          PromiseRequest.RegisterCallback _,
          PromiseRequest.RegisterListener _ ->
          true;
      case TaskRequest.Get _, TaskRequest.Search _, TaskRequest.Heartbeat _, TaskRequest.Halt _ ->
          true;
      // A second one would be refused for what the first has done, and its sender told so.
      case TaskRequest.Create _,
          TaskRequest.Acquire _,
          TaskRequest.Release _,
          TaskRequest.Fulfill _,
          TaskRequest.Suspend _,
          TaskRequest.Fence _,
          TaskRequest.Continue _ ->
          false;
      case ScheduleRequest.Get _, ScheduleRequest.Search _, ScheduleRequest.Create _ -> true;
      case ScheduleRequest.Delete _ -> false;
      case DebugRequest _ -> false;
    };
  }
}
