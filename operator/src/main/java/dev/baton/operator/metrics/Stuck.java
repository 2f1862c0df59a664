package dev.baton.operator.metrics;

import java.util.Locale;

/** Why work does not get done. */
public enum Stuck {
  /** It waits in a group that no WorkerGroup serves and no worker is connected to. */
  UNSERVED,
  /** Pods run and no worker is connected. */
  NO_WORKER_CONNECTED,
  /** A task is taken again and again and never finished. */
  POISON,
  /** The server does not answer. */
  SERVER_UNREACHABLE;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
