package dev.baton.server.record;

import dev.baton.server.record.Event.Cause;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Event.State;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the latest events. To record one allocates nothing, once the ring is full: names are
 * kept as they come, and events are made of them for who reads. Who steps the engine records; any
 * thread may read meanwhile without holding it up, and is told if what it wanted is gone.
 */
public final class Ring implements Recorder {

  private static final int CHUNK = 1_024;
  private static final int HASH_WORDS = 64;
  private static final long MOST_CHARACTERS = 16 << 20;
  private static final Kind[] KINDS = Kind.values();
  private static final Cause[] CAUSES = Cause.values();
  private static final State[] STATES = State.values();

  /** Some events, a column for each member. Codes are ordinals, and one more where null may be. */
  private static final class Chunk {
    final long[] at = new long[CHUNK];
    final long[] version = new long[CHUNK];
    final @Nullable String[] id = new String[CHUNK];

    /** Of the ids, so that a look for some of them touches no others. */
    final int[] hash = new int[CHUNK];

    final @Nullable String[] group = new String[CHUNK];
    final @Nullable String[] pid = new String[CHUNK];
    final byte[] kind = new byte[CHUNK];
    final byte[] cause = new byte[CHUNK];
    final byte[] state = new byte[CHUNK];
  }

  private final int size;
  private final long mostCharacters;
  private final @Nullable Chunk[] chunks;

  /** The first that is remembered; set before its place is used for another. */
  private final AtomicLong first = new AtomicLong(1);

  /** The one after the last; set after its place was filled. */
  private final AtomicLong next = new AtomicLong(1);

  private long characters;

  /** A ring of so many events. */
  public Ring(int size) {
    this(size, MOST_CHARACTERS);
  }

  /**
   * A ring.
   *
   * @param size how many events it remembers at most
   * @param mostCharacters how many characters of names it keeps at most
   */
  Ring(int size, long mostCharacters) {
    this.size = size;
    this.mostCharacters = mostCharacters;
    this.chunks = new Chunk[(size + CHUNK - 1) / CHUNK];
  }

  @Override
  public void record(
      long at,
      Kind kind,
      @Nullable String id,
      @Nullable String group,
      @Nullable String pid,
      long version,
      @Nullable Cause cause,
      @Nullable State state) {
    long seq = next.getPlain();
    characters += length(id) + length(pid);
    while (isFull(seq)) {
      forgetFirst();
    }
    int place = (int) (seq % size);
    Chunk chunk = chunks[place / CHUNK];
    if (chunk == null) {
      chunk = new Chunk();
      chunks[place / CHUNK] = chunk;
    }
    int i = place % CHUNK;
    chunk.at[i] = at;
    chunk.version[i] = version;
    chunk.id[i] = id;
    chunk.hash[i] = id == null ? 0 : id.hashCode();
    chunk.group[i] = group;
    chunk.pid[i] = pid;
    chunk.kind[i] = (byte) kind.ordinal();
    chunk.cause[i] = (byte) (cause == null ? 0 : cause.ordinal() + 1);
    chunk.state[i] = (byte) (state == null ? 0 : state.ordinal() + 1);
    next.setRelease(seq + 1);
  }

  private boolean isFull(long seq) {
    long remembered = seq - first.getPlain();
    return remembered >= size || (characters > mostCharacters && remembered > 0);
  }

  private void forgetFirst() {
    long seq = first.getPlain();
    int place = (int) (seq % size);
    first.setRelease(seq + 1);
    VarHandle.storeStoreFence(); // Whoever reads what follows sees that it is gone.
    Chunk chunk = Objects.requireNonNull(chunks[place / CHUNK]);
    int i = place % CHUNK;
    characters -= length(chunk.id[i]) + length(chunk.pid[i]);
    chunk.id[i] = null;
    chunk.pid[i] = null;
    chunk.group[i] = null;
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  @Override
  public void cleared() {
    long seq = next.getPlain();
    while (first.getPlain() < seq) {
      forgetFirst();
    }
    first.setRelease(seq + 1); // One is missing for everybody who follows.
    next.setRelease(seq + 1);
  }

  /** The first event that is remembered, or that will be. Any thread may ask. */
  public long first() {
    return first.getAcquire();
  }

  /** The number that the next event gets. Any thread may ask. */
  public long next() {
    return next.getAcquire();
  }

  /** How many it remembers at most. */
  public int size() {
    return size;
  }

  /**
   * The events from one number up to another, and not that, as far as somebody wants them.
   *
   * @return null if not all of them are remembered any more
   */
  public @Nullable List<Event> between(long from, long to, Predicate<Event> isWanted) {
    List<Event> found = new ArrayList<>();
    for (long seq = from; seq < to; seq++) {
      Event event = find(seq);
      if (event == null) {
        return null;
      }
      if (isWanted.test(event)) {
        found.add(event);
      }
    }
    return found;
  }

  /**
   * The events of some tasks, in their order, as far as they are remembered. Makes nothing of the
   * events of others, and passes over most of them by their hash alone: it is asked for each page
   * that somebody looks at, and the names of all events lie all over the memory.
   *
   * @param since the latest instant before which there are none, epoch milliseconds
   */
  public List<Event> ofTasks(Set<String> ids, long since) {
    List<Event> found = new ArrayList<>();
    long[] hashes = new long[HASH_WORDS];
    ids.forEach(id -> hashes[word(id.hashCode())] |= 1L << id.hashCode());
    long seq = next.getAcquire() - 1;
    for (int place = (int) (seq % size); seq >= first.getAcquire(); seq--) {
      Chunk chunk = Objects.requireNonNull(chunks[place / CHUNK]);
      int i = place % CHUNK;
      place = place == 0 ? size - 1 : place - 1;
      if (chunk.at[i] < since) {
        break;
      }
      int hash = chunk.hash[i];
      if ((hashes[word(hash)] >>> hash & 1) == 0) {
        continue;
      }
      String id = chunk.id[i];
      if (id != null && ids.contains(id)) {
        Event event = find(seq);
        if (event == null) {
          break; // It was forgotten meanwhile, and so are those before it.
        }
        found.add(event);
      }
    }
    return found.reversed();
  }

  private static int word(int hash) {
    return (hash >>> 6) % HASH_WORDS;
  }

  /** When the oldest event was that is remembered, epoch milliseconds; the end of time for none. */
  public long firstAt() {
    return find(first.getAcquire()) instanceof Event event ? event.at() : Long.MAX_VALUE;
  }

  /** An event; null if it is not remembered. */
  public @Nullable Event find(long seq) {
    if (seq < first.getAcquire() || seq >= next.getAcquire()) {
      return null;
    }
    int place = (int) (seq % size);
    Chunk chunk = Objects.requireNonNull(chunks[place / CHUNK]);
    int i = place % CHUNK;
    long at = chunk.at[i];
    long version = chunk.version[i];
    String id = chunk.id[i];
    String group = chunk.group[i];
    String pid = chunk.pid[i];
    int kind = chunk.kind[i];
    int cause = chunk.cause[i];
    int state = chunk.state[i];
    VarHandle.loadLoadFence();
    if (seq < first.getAcquire()) {
      return null; // It may be another's by now.
    }
    return new Event(
        seq,
        at,
        KINDS[kind],
        id,
        group,
        pid,
        version,
        cause == 0 ? null : CAUSES[cause - 1],
        state == 0 ? null : STATES[state - 1]);
  }
}
