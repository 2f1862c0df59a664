package dev.baton.core;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one look at the rows may cost, and what it has found. A {@link Reader} shows it one row
 * after the other, and goes on as long as it is told to.
 */
public final class Portion<R> {

  /**
   * When a portion ends, at the latest.
   *
   * @param rowsMost how many rows are looked at, wanted or not
   * @param isTimeUp whether it has taken too long; asked once in a while, so that a few rows are
   *     always of one moment
   */
  public record Bound(int rowsMost, BooleanSupplier isTimeUp) {

    /** No bound. */
    public static final Bound NONE = new Bound(Integer.MAX_VALUE, () -> false);
  }

  private static final int ROWS_IN_ANY_TIME = 64;

  private final Bound bound;
  private final int foundMost;
  private final long bytesMost;
  private final boolean mayExceed;
  private final List<R> found = new ArrayList<>();
  private long bytes;
  private int looked;
  private @Nullable String lookedUpTo;
  private boolean isFull;
  private boolean isAtEnd;

  /**
   * Nothing yet.
   *
   * @param foundMost how many rows are wanted
   * @param bytesMost how many bytes of rows are wanted
   * @param mayExceed whether the first row is wanted however large it is
   */
  Portion(Bound bound, int foundMost, long bytesMost, boolean mayExceed) {
    this.bound = bound;
    this.foundMost = foundMost;
    this.bytesMost = bytesMost;
    this.mayExceed = mayExceed;
  }

  /** All that there is to be found, for those who look at everything at once. */
  public static <R> Portion<R> unlimited() {
    return new Portion<>(Bound.NONE, Integer.MAX_VALUE, Long.MAX_VALUE, true);
  }

  /**
   * The next rows, for those who go on beyond the last.
   *
   * @param bytesMost how many bytes of them, unless the first has more
   */
  public static <R> Portion<R> within(Bound bound, long bytesMost) {
    return new Portion<>(bound, Integer.MAX_VALUE, bytesMost, true);
  }

  /** All that there is to be found, unless that takes more bytes. */
  public static <R> Portion<R> ofBytes(long bytesMost) {
    return new Portion<>(Bound.NONE, Integer.MAX_VALUE, bytesMost, false);
  }

  /** The next rows, wanted or not. */
  public static <R> Portion<R> ofRows(int rowsMost) {
    return new Portion<>(new Bound(rowsMost, () -> false), Integer.MAX_VALUE, Long.MAX_VALUE, true);
  }

  /** A row has been looked at that is not wanted; answers whether to go on. */
  public boolean pass(String id) {
    return lookedAt(id);
  }

  /**
   * So many rows up to this one have been looked at that are not wanted, by a database for one;
   * answers whether to go on.
   */
  public boolean pass(String id, int rows) {
    lookedUpTo = id;
    looked += rows;
    return looked < bound.rowsMost() && !bound.isTimeUp().getAsBoolean();
  }

  /**
   * A row is wanted; answers whether to go on.
   *
   * @param size its bytes, as {@link RowSizes} counts them
   */
  public boolean add(String id, R row, long size) {
    boolean isWelcome = bytes + size <= bytesMost || (mayExceed && found.isEmpty());
    if (!isWelcome) {
      isFull = true;
      return false;
    }
    found.add(row);
    bytes += size;
    return lookedAt(id) && found.size() < foundMost;
  }

  private boolean lookedAt(String id) {
    lookedUpTo = id;
    looked++;
    boolean isTimeUp = looked % ROWS_IN_ANY_TIME == 0 && bound.isTimeUp().getAsBoolean();
    return looked < bound.rowsMost() && !isTimeUp;
  }

  /** There are no rows beyond. */
  public void end() {
    isAtEnd = true;
  }

  /** How many rows may be shown at most, for those who ask a database for no more. */
  public int rowsMost() {
    return bound.rowsMost();
  }

  /** How many rows may still be shown. */
  public int rowsLeft() {
    return bound.rowsMost() - looked;
  }

  /** The rows that were wanted. */
  public List<R> found() {
    return found;
  }

  /** Their bytes. */
  public long bytes() {
    return bytes;
  }

  /** How many rows have been looked at, wanted or not. */
  public int looked() {
    return looked;
  }

  /** The id of the last row that was looked at; null if there was none. */
  public @Nullable String lookedUpTo() {
    return lookedUpTo;
  }

  /** Whether there was no room for the row after the last. */
  boolean isFull() {
    return isFull;
  }

  /** Whether there are no rows beyond. */
  public boolean isAtEnd() {
    return isAtEnd;
  }
}
