package dev.baton.server.memory;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;

/**
 * The parts of the server that hold bytes of clients have an account each, with a limit that is a
 * share of the heap, so that no client can take all of it.
 */
public final class MemoryLedger {

  /** The parts of the server that hold bytes of clients. */
  public enum Part {
    /** Requests, from their first byte to their answer. */
    REQUESTS,
    /** What is live: pending promises, unfinished tasks, schedules. */
    LIVE,
    /** Large answers, until their connections have taken them. */
    ANSWERS,
    /** Messages that have not yet been taken by the workers' streams. */
    STREAMS,
    /** Messages that are posted to http targets, or wait for it. */
    POSTS,
    /** Lists of calls that are kept so that others who ask for the same get the same. */
    LISTS;

    /** Its name in metrics and settings. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<Part, Account> accounts = new EnumMap<>(Part.class);

  /** A ledger whose accounts have these limits, in bytes. */
  public MemoryLedger(ToLongFunction<Part> limits) {
    for (Part part : Part.values()) {
      accounts.put(part, new Account(limits.applyAsLong(part)));
    }
  }

  /** A ledger without limits. */
  public static MemoryLedger unlimited() {
    return new MemoryLedger(_ -> Long.MAX_VALUE / 2);
  }

  /** The account of a part. */
  public Account account(Part part) {
    return Objects.requireNonNull(accounts.get(part));
  }
}
