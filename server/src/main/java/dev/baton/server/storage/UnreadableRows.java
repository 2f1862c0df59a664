package dev.baton.server.storage;

import dev.baton.core.UnreadableException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in a store and cannot be read. It stays where it is, and is told to whoever asks for it;
 * the rest of the store is served as if it were not there. Any thread may report to it.
 */
public final class UnreadableRows {

  private static final Logger LOG = LoggerFactory.getLogger(UnreadableRows.class);

  /** So many are remembered, each of which is told once. */
  private static final int MOST_KNOWN = 10_000;

  /** What a row stands for. */
  public enum Kind {
    PROMISE,
    CALLBACK,
    LISTENER,
    SCHEDULE,
    GROUP;

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private record Row(Kind kind, String id) {}

  private final Set<Row> known = ConcurrentHashMap.newKeySet();

  /** Remembers a row, and makes of it what is to be thrown at who asked for it. */
  public UnreadableException report(Kind kind, @Nullable String id, Throwable reason) {
    return report(kind, id, String.valueOf(reason));
  }

  /** The same, with the reason in words. */
  public UnreadableException report(Kind kind, @Nullable String id, String reason) {
    String named = id == null ? "without id" : id;
    UnreadableException unreadable = new UnreadableException(kind.word(), named, reason);
    if (known.size() < MOST_KNOWN && known.add(new Row(kind, named))) {
      LOG.error("Set aside: {}", unreadable.getMessage());
      if (known.size() == MOST_KNOWN) {
        LOG.error("{} rows cannot be read; further ones are not told", MOST_KNOWN);
      }
    }
    return unreadable;
  }

  /** Whether a row has been found to be unreadable, or may have been: too many were. */
  public boolean mayHold(Kind kind, String id) {
    return !known.isEmpty() && (known.contains(new Row(kind, id)) || known.size() >= MOST_KNOWN);
  }

  /** Whether a row has been found to be unreadable. */
  public boolean holds(Kind kind, String id) {
    return !known.isEmpty() && known.contains(new Row(kind, id));
  }

  /** How many have been found. */
  public long count() {
    return known.size();
  }

  /** The store has been emptied. */
  public void clear() {
    known.clear();
  }
}
