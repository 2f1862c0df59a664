package dev.baton.server.calls;

import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.server.read.Readers;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks for calls on the threads beside the engine. A page ends with as many as are wanted, or when
 * enough rows have been looked at: then its cursor is beyond them.
 */
final class CallSearch extends PageSearch {

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
  private int part;
  private @Nullable String after;

  /** How many rows the next look is for, unless more are missing. */
  private int rowsNext;

  private CallSearch(
      List<Part> parts,
      Predicate<Call> isWanted,
      int most,
      long bytesMost,
      int part,
      @Nullable String after,
      Consumer<Found> then,
      BiConsumer<Integer, String> failed) {
    super(most, bytesMost, then, failed);
    this.parts = parts;
    this.isWanted = isWanted;
    this.part = part;
    this.after = after;
  }

  /**
   * For those that somebody wants, in the order of their ids.
   *
   * @param bytesMost how large a page may be, unless one call is larger
   */
  static CallSearch of(
      Wanted wanted, long bytesMost, Consumer<Found> then, BiConsumer<Integer, String> failed) {
    return new CallSearch(
        List.of(new Many(wanted.query(), _ -> true)),
        wanted::mayBe,
        wanted.isOfTasks() ? MOST_OF_TASKS : wanted.limit(),
        bytesMost,
        0,
        wanted.cursor(),
        then,
        failed);
  }

  /**
   * For all of the parts.
   *
   * @param bytesMost how large a page may be, unless one call is larger
   * @param cursor one that {@link #cursor} has made; null: from the beginning
   */
  static CallSearch of(
      List<Part> parts,
      int limit,
      long bytesMost,
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
    return new CallSearch(parts, _ -> true, limit, bytesMost, part, after, then, failed);
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
      add(Call.of(promise));
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
        if (!hasRoomFor(call)) {
          finish(cursor(after));
          return false;
        }
        add(call);
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
    int rows = Math.max(rowsNext, missing() + 1);
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
}
