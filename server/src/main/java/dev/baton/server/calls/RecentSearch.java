package dev.baton.server.calls;

import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.Reader;
import dev.baton.server.read.Readers;
import dev.baton.server.record.Event;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Ring;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the calls that were settled last, as far as the ring remembers. Whatever is read of one
 * is read with its payload, so a portion is bounded by time, too.
 */
final class RecentSearch extends PageSearch {

  /** So many events are looked at for one page. */
  private static final int MOST_EVENTS = 5_000;

  private final Ring ring;
  private final Wanted wanted;
  private long seq;

  /**
   * A search.
   *
   * @param bytesMost how large a page may be, unless one call is larger
   */
  RecentSearch(
      Ring ring,
      Wanted wanted,
      long bytesMost,
      Consumer<Found> then,
      BiConsumer<Integer, String> failed) {
    super(wanted.limit(), bytesMost, then, failed);
    this.ring = ring;
    this.wanted = wanted;
    String cursor = wanted.cursor();
    long last = ring.next() - 1; // A cursor of before a restart may be beyond.
    this.seq = cursor == null ? last : Math.min(last, Long.parseLong(cursor) - 1);
  }

  @Override
  public boolean step(Reader reader) {
    Portion.Bound bound = Readers.bound();
    for (int i = 0; i < bound.rowsMost() && !bound.isTimeUp().getAsBoolean(); i++) {
      Event event = seq >= ring.first() && lookedAt < MOST_EVENTS ? ring.find(seq) : null;
      if (event == null) {
        finish(seq < ring.first() ? null : cursor());
        return false;
      }
      lookedAt++;
      hidden += isWithinPrefix(event) ? 0 : 1;
      String id = idOf(event);
      if (id != null) {
        Promise promise = reader.promise(id);
        Call call = promise == null ? null : Call.of(promise);
        if (call != null && wanted.mayBe(call)) {
          if (!hasRoomFor(call)) {
            finish(cursor());
            return false;
          }
          add(call);
        }
      }
      seq--;
    }
    return true;
  }

  /** Whose settlement it is, if that may be wanted. */
  private @Nullable String idOf(Event event) {
    String id = event.id();
    boolean mayBe =
        event.kind() == Kind.SETTLED
            && id != null
            && isWithinPrefix(event)
            && (wanted.group() == null || wanted.group().equals(event.group()));
    return mayBe ? id : null;
  }

  private boolean isWithinPrefix(Event event) {
    String id = event.id();
    return wanted.prefix().isEmpty() || (id != null && id.startsWith(wanted.prefix()));
  }

  private String cursor() {
    return Long.toString(seq + 1);
  }
}
