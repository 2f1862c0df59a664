package dev.baton.server.storage.postgres;

import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.core.RuleSet;
import dev.baton.server.storage.rows.Batch;
import dev.baton.server.storage.rows.PromiseRow;
import dev.baton.server.storage.rows.SettledRound;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A session with an imagined database, and with it the real store over one. */
public final class ImaginedSession implements Session {

  /** How one server reaches the database. A call takes time, and may fail. */
  public interface Way {

    /** Has something done at the database. */
    <T> T ask(Supplier<T> query) throws SQLException;

    /** Writes a batch; answers false if the epoch is over. */
    boolean write(long epoch, ImaginedDatabase.Writes writes) throws SQLException;

    /** The epoch at this moment. */
    long epoch(long own) throws SQLException;
  }

  private static final String ALREADY_THERE = "23505";

  private final ImaginedDatabase database;
  private final Way way;
  private long own;

  private ImaginedSession(ImaginedDatabase database, Way way) {
    this.database = database;
    this.way = way;
  }

  /** Opens the store of a claim. */
  public static PostgresStorage open(
      ImaginedDatabase database, Way way, RuleSet.Profile profile, Claim claim) {
    return storage(database, way, profile, claim.shard()).loaded(claim);
  }

  /** Reads what is live ahead of a claim. */
  public static PostgresStorage ahead(ImaginedDatabase database, Way way, RuleSet.Profile profile) {
    return storage(database, way, profile, new Shard(null)).loadedAhead();
  }

  /** What an owner would have noted that has written nothing. */
  public static byte[] nothingTouched() {
    return new Touched().bytes();
  }

  private static PostgresStorage storage(
      ImaginedDatabase database, Way way, RuleSet.Profile profile, Shard shard) {
    Session.Opener opener =
        () -> {
          way.ask(() -> true);
          return new ImaginedSession(database, way);
        };
    return new PostgresStorage(
        opener,
        () -> {
          throw new UnsupportedOperationException("nobody searches here");
        },
        profile,
        shard);
  }

  @Override
  public long find(List<String> ids, List<String> branches, Fetched fetched) throws SQLException {
    record Found(List<PromiseRow> rows, List<List<Promise>> branches) {}
    long[] epoch = new long[1];
    Found found =
        way.ask(() -> {
          epoch[0] = database.epoch();
          List<PromiseRow> rows = new ArrayList<>();
          for (String id : ids) {
            PromiseRow row = database.row(id);
            if (row != null) {
              rows.add(row);
            }
          }
          return new Found(rows, branches.stream().map(database::settledOf).toList());
        });
    fetched.absent(ids);
    found.rows().forEach(fetched::found);
    for (int i = 0; i < branches.size(); i++) {
      String branch = branches.get(i);
      fetched.branch(
          branch,
          found.branches().get(i).stream().filter(each -> !each.id().equals(branch)).toList());
    }
    return epoch[0];
  }

  @Override
  public @Nullable PromiseRow whole(String id) throws SQLException {
    return way.ask(() -> Optional.ofNullable(database.row(id))).orElse(null);
  }

  @Override
  public List<Promise> whole(List<String> ids) throws SQLException {
    List<Promise> found = new ArrayList<>();
    for (String id : ids) {
      PromiseRow row = whole(id);
      if (row != null) {
        found.add(row.promise());
      }
    }
    return found;
  }

  @Override
  public List<Find.Sized> sizesOfBranch(String branch, String after) throws SQLException {
    return way.ask(() ->
        database.settledOf(branch).stream()
            .filter(each -> each.id().compareTo(after) > 0)
            .map(each -> new Find.Sized(each.id(), 100))
            .toList());
  }

  @Override
  public boolean save(long epoch, Batch batch) throws SQLException {
    return way.write(epoch, ImaginedDatabase.Writes.of(batch));
  }

  @Override
  public Written saveNew(long epoch, Batch batch, String id, List<String> branches, Fetched fetched)
      throws SQLException {
    try {
      return save(epoch, batch) ? Written.DURABLY : Written.EPOCH_OVER;
    } catch (SQLException e) {
      if (ALREADY_THERE.equals(e.getSQLState())) {
        return Written.THERE_ALREADY;
      }
      throw e;
    }
  }

  @Override
  public long epoch() throws SQLException {
    return way.epoch(own);
  }

  @Override
  public long load(MemoryState state, Fetched fetched) throws SQLException {
    return ImaginedDatabase.load(way.ask(database::image), state, fetched);
  }

  @Override
  public void refresh(Touched touched, MemoryState state, Fetched fetched) throws SQLException {
    ImaginedDatabase.refresh(way.ask(database::image), touched, state, fetched);
  }

  @Override
  public void probe(int bytes) throws SQLException {
    way.ask(() -> true);
  }

  @Override
  public void practise(MemoryState loaded) {}

  @Override
  public Shard.Seen take(Shard shard) {
    throw new UnsupportedOperationException("a claim decides");
  }

  @Override
  public void shownFor(Shard shard) {
    own = shard.epoch();
  }

  @Override
  public void follows(Shard shard) {
    own = shard.epoch();
  }

  @Override
  public int pid() {
    return 0;
  }

  @Override
  public void renew(Shard shard) throws SQLException {
    shard.check();
    long begun = way.ask(() -> database.renew(shard.owner()));
    if (begun == 0) {
      throw shard.over();
    }
    shard.won(begun);
    own = begun;
  }

  @Override
  public void release(Shard shard) throws SQLException {
    way.ask(() -> {
      database.release(shard.owner());
      return true;
    });
  }

  @Override
  public Map<String, Integer> groupSlots() {
    return Map.of();
  }

  @Override
  public boolean saveGroupSlots(long epoch, String group, @Nullable Integer slots) {
    throw new UnsupportedOperationException("nobody sets slots here");
  }

  @Override
  public SettledRound.Found settled(SettledRows rows, MemoryState state, long before, int limit) {
    throw new UnsupportedOperationException("nothing is removed here");
  }

  @Override
  public boolean remove(SettledRows rows, long epoch, List<String> ids) {
    throw new UnsupportedOperationException("nothing is removed here");
  }

  @Override
  public void interrupt() {
    throw new UnsupportedOperationException("there is one thread");
  }

  @Override
  public void abandon() {}

  @Override
  public void close() {}
}
