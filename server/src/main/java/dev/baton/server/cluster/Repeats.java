package dev.baton.server.cluster;

import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;

/** Which requests may be sent again when it is not known whether they have happened. */
enum Repeats {
  /** Done twice they leave the same state behind, and the answer could have been the first. */
  SAFE,

  /**
   * The second does nothing if the first has happened, but is refused then, unless what is stored
   * shows the owner that it did: if it is done, or answered so, that is the right answer. A refusal
   * says nothing.
   */
  IF_DONE,

  /** Done twice they may do something twice. */
  NEVER;

  static Repeats of(Request request) {
    return switch (request) {
      case PromiseRequest.Get _,
          PromiseRequest.Search _,
          PromiseRequest.Create _,
          PromiseRequest.Settle _,
          PromiseRequest.RegisterCallback _,
          PromiseRequest.RegisterListener _ ->
          SAFE;
      case TaskRequest.Get _, TaskRequest.Search _, TaskRequest.Heartbeat _, TaskRequest.Halt _ ->
          SAFE;
      // The version that they name is held by nobody any more, or by another.
      case TaskRequest.Acquire _,
          TaskRequest.Release _,
          TaskRequest.Fulfill _,
          TaskRequest.Suspend _ ->
          IF_DONE;
      // The action in it is done twice as once, for as long as the version is held.
      case TaskRequest.Fence _ -> IF_DONE;
      // Its task may be taken, given up and taken again meanwhile; or halted, and be set free
      // twice.
      case TaskRequest.Create _, TaskRequest.Continue _ -> NEVER;
      case ScheduleRequest.Get _,
          ScheduleRequest.Search _,
          ScheduleRequest.Create _,
          ScheduleRequest.Update _,
          ScheduleRequest.Pause _,
          ScheduleRequest.Resume _ ->
          SAFE;
      case ScheduleRequest.Delete _ -> NEVER;
      case DebugRequest _ -> NEVER;
    };
  }

  /** Whether a second time was refused for what the first may have done. */
  static boolean isRefusedForState(int status) {
    return status == 404 || status == 409;
  }
}
