package dev.baton.server.storage.transfer;

import dev.baton.server.storage.rows.Batch;

/** A store to be, which is empty. It comes into being whole, or not at all. */
public interface RowSink extends AutoCloseable {

  /** Writes some rows, all of them new. */
  void write(Batch batch);

  /** Writes the setting of a group. */
  void group(String name, int slotsPerWorker);

  /** What has been written so far, to be read before it is finished. */
  RowSource written();

  /** Makes it durable, and the store of a server to come. */
  void finish();

  /** Gives it up, unless it was finished. */
  @Override
  void close();
}
