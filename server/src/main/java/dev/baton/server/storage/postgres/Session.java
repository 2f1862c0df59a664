package dev.baton.server.storage.postgres;

import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.server.storage.rows.PromiseRow;
import dev.baton.server.storage.rows.SettledRound;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The engine's session with the database: each call is a round trip, at least. It keeps nothing
 * that outlives a transaction. After a failure it is thrown away as a whole and another is opened.
 */
interface Session extends BatchSession, AutoCloseable {

  /** Opens sessions. */
  interface Opener {
    Session open() throws SQLException;
  }

  /** A promise with its payload; null if there is none. */
  @Nullable PromiseRow whole(String id) throws SQLException;

  /** Promises with their payloads, in the order of the ids; without those that cannot be read. */
  List<Promise> whole(List<String> ids) throws SQLException;

  /** The next settled rows of a branch, without its root, by their ids. */
  List<Find.Sized> sizesOfBranch(String branch, String after) throws SQLException;

  /** Fills an empty state with what is live; answers when the youngest lease was granted. */
  long load(MemoryState state, Fetched fetched) throws SQLException;

  /** Reads again what has been touched since a state was loaded. */
  void refresh(Touched touched, MemoryState state, Fetched fetched) throws SQLException;

  /** Writes some bytes durably: that this works is what shows that batches will. */
  void probe(int bytes) throws SQLException;

  /**
   * Does for nothing what an engine does when it starts on what has been loaded, and for each
   * batch, so that the first real one is quick.
   */
  void practise(MemoryState loaded) throws SQLException;

  /** Becomes the owner, whoever was; answers what was there before. */
  Shard.Seen take(Shard shard) throws SQLException;

  /**
   * Shows others the connection that writes for the owner.
   *
   * @throws dev.baton.server.storage.EpochOverException if the database is another than before
   */
  void shownFor(Shard shard) throws SQLException;

  /**
   * Is that of a shard that has been claimed since it practised, by who has shown it there.
   *
   * @throws dev.baton.server.storage.EpochOverException if the database is another than before
   */
  void follows(Shard shard) throws SQLException;

  /** The number of the database's process for it, as of its practice; 0 if it is not known. */
  int pid();

  /** Begins another epoch of the same owner. */
  void renew(Shard shard) throws SQLException;

  /** Says that the owner ended in good order, if it still is the owner. */
  void release(Shard shard) throws SQLException;

  /** The slots per worker that groups have been given. */
  Map<String, Integer> groupSlots() throws SQLException;

  /** Durably gives a group slots, or takes them away; answers false if the epoch is over. */
  boolean saveGroupSlots(long epoch, String group, @Nullable Integer slots) throws SQLException;

  /** Looks at the next promises that were settled long ago. */
  SettledRound.Found settled(SettledRows rows, MemoryState state, long before, int limit)
      throws SQLException;

  /** Removes promises durably; answers false if the epoch is over. */
  boolean remove(SettledRows rows, long epoch, List<String> ids) throws SQLException;

  /** Whoever waits for an answer on another thread waits no longer. */
  void interrupt();

  /** Gives up whatever has not been committed. */
  void abandon();

  @Override
  void close() throws SQLException;
}
