package dev.baton.operator.server;

/** How a worker is named to the server. */
public sealed interface WorkerName {

  /** By its process id, which is the id of its poll connection. */
  record Pid(String pid) implements WorkerName {}

  /** By the IP address that it connects from. */
  record At(String address) implements WorkerName {}
}
