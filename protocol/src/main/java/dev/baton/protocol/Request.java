package dev.baton.protocol;

/** Any of the protocol's request kinds. A request may still break a rule of its fields. */
public sealed interface Request permits PromiseRequest, TaskRequest, ScheduleRequest, DebugRequest {

  /** The name of the request's kind on the wire, such as {@code promise.create}. */
  String kind();
}
