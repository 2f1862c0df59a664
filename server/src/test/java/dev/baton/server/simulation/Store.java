package dev.baton.server.simulation;

import dev.baton.server.storage.Storage;

/** What outlives a server: it can be opened again and again. */
interface Store {

  Storage open();

  /** The process that had it open has ended. */
  void close();
}
