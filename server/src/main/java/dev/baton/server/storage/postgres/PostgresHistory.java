package dev.baton.server.storage.postgres;

import dev.baton.core.History;
import dev.baton.core.Promise;
import dev.baton.core.Schedule;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import dev.baton.server.storage.rows.Fitting;
import dev.baton.server.storage.rows.PromiseRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows that are no longer in memory. What a transaction is about to look at has been fetched
 * before it, as far as it can be told; what else it asks for costs a round trip each. What memory
 * still holds may be older here; memory wins.
 */
final class PostgresHistory implements History {

  /** Says what could not be read, and that the session is of no more use. */
  interface Failures {
    StorageException of(String what, SQLException e);
  }

  /** Gives the session at hand. */
  interface Sessions {
    Session get() throws SQLException;
  }

  private final Sessions sessions;
  private final Fetched fetched;
  private final UnreadableRows unreadable;
  private final Failures failures;

  PostgresHistory(
      Sessions sessions, Fetched fetched, UnreadableRows unreadable, Failures failures) {
    this.sessions = sessions;
    this.fetched = fetched;
    this.unreadable = unreadable;
    this.failures = failures;
  }

  private @Nullable PromiseRow find(String id) {
    if (!Ids.mayBeThere(id)) {
      return null;
    }
    try {
      Fetched.Known known = look(id);
      return known == null ? sessions.get().whole(id) : known.row();
    } catch (SQLException e) {
      throw failures.of("reading promise " + id, e);
    }
  }

  @Override
  public boolean has(String id) {
    if (!Ids.mayBeThere(id)) {
      return false;
    }
    try {
      Fetched.Known known = look(id);
      return known == null || known.row() != null;
    } catch (SQLException e) {
      throw failures.of("looking for promise " + id, e);
    }
  }

  /** Null if it is there, and large. */
  private Fetched.@Nullable Known look(String id) throws SQLException {
    Fetched.Known known = fetched.known(id);
    if (known == null) {
      sessions.get().find(List.of(id), List.of(), fetched);
      known = fetched.known(id);
    }
    return known;
  }

  @Override
  public @Nullable Promise promise(String id) {
    PromiseRow found = find(id);
    return found == null ? null : found.promise();
  }

  @Override
  public @Nullable Task task(String id) {
    PromiseRow found = find(id);
    return found == null ? null : found.task();
  }

  @Override
  public @Nullable Schedule schedule(String id) {
    if (unreadable.holds(Kind.SCHEDULE, id)) {
      throw unreadable.report(Kind.SCHEDULE, id, "it has been set aside");
    }
    return null;
  }

  @Override
  public @Nullable Promise whole(String id) {
    Fetched.Known known = fetched.known(id);
    if (known != null) {
      PromiseRow row = known.row();
      if (row == null || row.promise().isWhole()) {
        return row == null ? null : row.promise();
      }
    }
    try {
      PromiseRow row = sessions.get().whole(id);
      return row == null ? null : row.promise();
    } catch (SQLException e) {
      throw failures.of("reading promise " + id, e);
    }
  }

  @Override
  public List<Promise> branch(String branch, boolean withRoot, String except, long room) {
    Fitting fitting = new Fitting(room);
    Promise root = withRoot && !branch.equals(except) ? readable(branch, false) : null;
    if (root != null && branch.equals(root.branch()) && fitting.fits(State.roomFor(root))) {
      fitting.add(root.isWhole() ? root : readable(branch, true));
    }
    List<Promise> others = fetched.branch(branch);
    if (others != null) {
      for (Promise promise : others) {
        if (!promise.id().equals(except) && fitting.fits(State.roomFor(promise))) {
          fitting.add(promise);
        }
      }
      return fitting.found();
    }
    try {
      addBranch(branch, except, fitting);
    } catch (SQLException e) {
      throw failures.of("reading branch " + branch, e);
    }
    return fitting.found();
  }

  /** A few rows at a time, as long as there is room; what does not fit is not read. */
  private void addBranch(String branch, String except, Fitting fitting) throws SQLException {
    Session session = sessions.get();
    String after = "";
    while (fitting.isWorthALook()) {
      List<Find.Sized> next = session.sizesOfBranch(branch, after);
      List<String> wanted = new ArrayList<>();
      long left = fitting.left();
      for (Find.Sized each : next) {
        if (!each.id().equals(except) && each.bytes() <= left) {
          left -= each.bytes();
          wanted.add(each.id());
        }
        after = each.id();
      }
      for (Promise promise : session.whole(wanted)) {
        if (branch.equals(promise.branch())) {
          fitting.add(promise);
        }
      }
      if (next.size() < Find.ROWS_A_LOOK) {
        return;
      }
    }
  }

  /** Whoever wants one that cannot be read may ask for it by its id, and is told. */
  private @Nullable Promise readable(String id, boolean whole) {
    try {
      return whole ? whole(id) : promise(id);
    } catch (UnreadableException _) {
      return null;
    }
  }
}
