package dev.baton.server.storage.postgres;

import dev.baton.server.storage.rows.Batch;
import java.sql.SQLException;
import java.util.List;

/** What a transaction asks of the database: each call is a round trip, at least. */
interface BatchSession {

  /** Looks at ids and branches; answers the epoch at that moment. */
  long find(List<String> ids, List<String> branches, Fetched fetched) throws SQLException;

  /** Writes a batch durably; answers false if the epoch is over: then nothing was written. */
  boolean save(long epoch, Batch batch) throws SQLException;

  /** What has become of a batch that was thought to be of a new promise only. */
  enum Written {
    DURABLY,

    /** Nothing was written: the epoch is over. */
    EPOCH_OVER,

    /** Nothing was written: there is a promise of that id. */
    THERE_ALREADY
  }

  /**
   * Writes a batch that is nothing but a new promise if there is none of that id; looks at some
   * branches on the way.
   */
  Written saveNew(long epoch, Batch batch, String id, List<String> branches, Fetched fetched)
      throws SQLException;

  /** The epoch at this moment. */
  long epoch() throws SQLException;
}
