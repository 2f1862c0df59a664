package dev.baton.server.calls;

import dev.baton.protocol.Response;
import dev.baton.server.read.Readers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks for the calls of one page, on the threads beside the engine. */
abstract class PageSearch implements Readers.Job {

  private final int most;
  private final long bytesMost;
  private final Consumer<Found> then;
  private final BiConsumer<Integer, String> failed;
  private final List<Call> calls = new ArrayList<>();
  private long bytes;

  /** At how many rows, or events, it has looked. */
  int lookedAt;

  /** Of these so many are not told of, not even as a number: they may be out of reach. */
  int hidden;

  /**
   * A search.
   *
   * @param most how many calls a page may have
   * @param bytesMost how large it may be, unless one call is larger
   * @param then told the page
   */
  PageSearch(int most, long bytesMost, Consumer<Found> then, BiConsumer<Integer, String> failed) {
    this.most = most;
    this.bytesMost = bytesMost;
    this.then = then;
    this.failed = failed;
  }

  /** How many calls the page may have more. */
  final int missing() {
    return most - calls.size();
  }

  /** Tags are kept, and a few calls with very many of them are a page. */
  final boolean hasRoomFor(Call call) {
    return missing() > 0 && (calls.isEmpty() || bytes + call.bytes() <= bytesMost);
  }

  final void add(Call call) {
    calls.add(call);
    bytes += call.bytes();
  }

  /**
   * The page is over.
   *
   * @param cursor where the next begins; null if there is none
   */
  final void finish(@Nullable String cursor) {
    then.accept(new Found(calls, cursor, lookedAt - hidden));
  }

  @Override
  public final void failed(Response response) {
    failed.accept(response.status(), String.valueOf(response.body()));
  }
}
