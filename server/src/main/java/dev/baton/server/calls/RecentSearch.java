package dev.baton.server.calls;

import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.Reader;
import dev.baton.server.read.Readers;
import dev.baton.server.record.Event;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Ring;
import dev.baton.server.record.SealedPlaces;
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
  private final @Nullable SealedPlaces places;
  private final Wanted wanted;
  private long seq;

  /**
   * A search.
   *
   * @param places seals its cursors; null for who may know how many events there were
   * @param bytesMost how large a page may be, unless one call is larger
   */
  RecentSearch(
      Ring ring,
      @Nullable SealedPlaces places,
      Wanted wanted,
      long bytesMost,
      Consumer<Found> then,
      BiConsumer<Integer, String> failed) {
    super(wanted.limit(), bytesMost, then, failed);
    this.ring = ring;
    this.places = places;
    this.wanted = wanted;
    long last = ring.next() - 1; // A cursor of before a restart may be beyond.
    this.seq = Math.min(last, begin(wanted.cursor()) - 1);
  }

  @Override
  public boolean step(Reader reader) {
    Portion.Bound bound = Readers.bound();
    for (int i = 0; i < bound.rowsMost() && !bound.isTimeUp().getAsBoolean(); i++) {
      // Where a page ends does not depend on what is hidden: there is only so much in the ring.
      boolean isEnough = lookedAt - hidden >= MOST_EVENTS;
      Event event = seq >= ring.first() && !isEnough ? ring.find(seq) : null;
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

  /** The event before which it begins. */
  private long begin(@Nullable String cursor) {
    if (cursor == null) {
      return Long.MAX_VALUE;
    }
    if (places == null) {
      return Long.parseLong(cursor);
    }
    // Of one that was made before a restart nothing is known any more.
    return places.open(cursor) instanceof SealedPlaces.Place place ? place.next() : Long.MAX_VALUE;
  }

  private String cursor() {
    return places == null
        ? Long.toString(seq + 1)
        : places.seal(new SealedPlaces.Place(seq + 1, 0));
  }
}
