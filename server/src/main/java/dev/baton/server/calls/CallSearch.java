package dev.baton.server.calls;

import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.protocol.Response;
import dev.baton.server.read.Readers;
import dev.baton.server.record.Event;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Ring;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks for calls on the threads beside the engine. A page ends with as many as are wanted, or when
 * enough rows have been looked at: then its cursor is beyond them.
 */
final class CallSearch implements Readers.Job {

  /** So many rows are looked at for one page. */
  private static final int MOST_ROWS = 5_000;

  /** Payloads are read with their rows, so many bytes of them at once. */
  private static final long BYTES_A_PORTION = 2 << 20;

  /** So many are looked at whose task decides whether they are wanted. */
  private static final int MOST_OF_TASKS = 500;

  /** What is looked through, one after the other. */
  sealed interface Part {}

  /** The promise of that id. */
  record One(String id) implements Part {}

  /** Promises. */
  record Many(Query.Promises query, Predicate<Promise> isWanted) implements Part {}

  private final List<Part> parts;
  private final Predicate<Call> isWanted;
  private final int most;
  private final Consumer<Found> then;
  private final BiConsumer<Integer, String> failed;
  private final List<Call> calls = new ArrayList<>();
  private int part;
  private @Nullable String after;
  private int lookedAt;

  /** How many rows the next look is for, unless more are missing. */
  private int rowsNext;

  private CallSearch(
      List<Part> parts,
      Predicate<Call> isWanted,
      int most,
      int part,
      @Nullable String after,
      Consumer<Found> then,
      BiConsumer<Integer, String> failed) {
    this.parts = parts;
    this.isWanted = isWanted;
    this.most = most;
    this.part = part;
    this.after = after;
    this.then = then;
    this.failed = failed;
  }

  /** For those that somebody wants, in the order of their ids. */
  static CallSearch of(Wanted wanted, Consumer<Found> then, BiConsumer<Integer, String> failed) {
    return new CallSearch(
        List.of(new Many(wanted.query(), _ -> true)),
        wanted::mayBe,
        wanted.isOfTasks() ? MOST_OF_TASKS : wanted.limit(),
        0,
        wanted.cursor(),
        then,
        failed);
  }

  /**
   * For all of the parts.
   *
   * @param cursor one that {@link #cursor} has made; null: from the beginning
   */
  static CallSearch of(
      List<Part> parts,
      int limit,
      @Nullable String cursor,
      Consumer<Found> then,
      BiConsumer<Integer, String> failed) {
    int colon = cursor == null ? -1 : cursor.indexOf(':');
    int part = 0;
    if (cursor != null && colon == 1 && Character.isDigit(cursor.charAt(0))) {
      part = Math.min(Character.digit(cursor.charAt(0), 10), parts.size() - 1);
    }
    String after =
        cursor == null || colon != 1 || cursor.length() == 2 ? null : cursor.substring(2);
    return new CallSearch(parts, _ -> true, limit, part, after, then, failed);
  }

  @Override
  public boolean step(Reader reader) {
    return switch (parts.get(part)) {
      case One(String id) -> step(reader, id);
      case Many many -> step(reader, many);
    };
  }

  private boolean step(Reader reader, String id) {
    Promise promise = reader.promise(id);
    lookedAt++;
    if (promise != null) {
      calls.add(Call.of(promise));
    }
    return next();
  }

  private boolean step(Reader reader, Many many) {
    Portion<Promise> portion = Portion.within(bound(), BYTES_A_PORTION);
    reader.promises(many.query(), after, portion);
    lookedAt += portion.looked();
    // Where few of them are wanted, ever more at once.
    rowsNext = 2 * portion.looked();
    for (Promise promise : portion.found()) {
      Call call = many.isWanted().test(promise) ? Call.of(promise) : null;
      if (call != null && isWanted.test(call)) {
        if (calls.size() == most) {
          finish(cursor(after));
          return false;
        }
        calls.add(call);
      }
      after = promise.id();
    }
    after = portion.lookedUpTo() == null ? after : portion.lookedUpTo();
    if (portion.isAtEnd()) {
      return next();
    }
    if (lookedAt >= MOST_ROWS) {
      finish(cursor(after));
      return false;
    }
    return true;
  }

  /** No more than are wanted at first: most of a large store is not on the page. */
  private Portion.Bound bound() {
    Portion.Bound most = Readers.bound();
    int rows = Math.max(rowsNext, this.most + 1 - calls.size());
    return new Portion.Bound(Math.min(rows, most.rowsMost()), most.isTimeUp());
  }

  /** The part is over. */
  private boolean next() {
    part++;
    after = null;
    boolean isMore = part < parts.size();
    if (!isMore) {
      finish(null);
    }
    return isMore;
  }

  private @Nullable String cursor(@Nullable String after) {
    if (parts.size() == 1) {
      return after;
    }
    return part + ":" + (after == null ? "" : after);
  }

  private void finish(@Nullable String cursor) {
    then.accept(new Found(calls, cursor, lookedAt));
  }

  @Override
  public void failed(Response response) {
    failed.accept(response.status(), String.valueOf(response.body()));
  }

  /** Those that were settled last, as far as the ring remembers. */
  static Found recent(Reader reader, Ring ring, Wanted wanted) {
    String cursor = wanted.cursor();
    long seq = cursor == null ? ring.next() - 1 : Long.parseLong(cursor) - 1;
    int lookedAt = 0;
    List<Call> calls = new ArrayList<>();
    for (; seq >= ring.first() && lookedAt < MOST_ROWS; seq--) {
      Event event = ring.find(seq);
      if (event == null) {
        break;
      }
      lookedAt++;
      String id = event.id();
      boolean mayBe =
          event.kind() == Kind.SETTLED
              && id != null
              && id.startsWith(wanted.prefix())
              && (wanted.group() == null || wanted.group().equals(event.group()));
      if (!mayBe || id == null) {
        continue;
      }
      if (calls.size() == wanted.limit()) {
        return new Found(calls, Long.toString(seq + 1), lookedAt);
      }
      Promise promise = reader.promise(id);
      Call call = promise == null ? null : Call.of(promise);
      if (call != null && wanted.mayBe(call)) {
        calls.add(call);
      }
    }
    boolean isOver = seq < ring.first();
    return new Found(calls, isOver ? null : Long.toString(seq + 1), lookedAt);
  }
}
