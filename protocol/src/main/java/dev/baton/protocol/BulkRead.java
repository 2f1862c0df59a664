package dev.baton.protocol;

/**
 * The requests that may look at many rows and change nothing: they are answered beside the rules.
 */
public sealed interface BulkRead
    permits PromiseRequest.Search, TaskRequest.Search, ScheduleRequest.Search, DebugRequest.Snap {

  /** The name of the request's kind on the wire. */
  String kind();
}
