package dev.baton.server.http;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Parts of requests that have come before their turn, and what they take. */
final class Backlog {

  /** More than one read brings: only who has shut down is read from all the same, to the end. */
  private static final int MOST_BYTES = 2 << 20;

  /** What a part takes beside its text. */
  private static final int PART_BYTES = 256;

  private final Queue<Object> parts = new ArrayDeque<>(0);

  /** Of what waits, roughly. */
  private int bytes;

  void add(Object part) {
    parts.add(part);
    bytes += bytes(part);
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  boolean isTooLarge() {
    return bytes > MOST_BYTES;
  }

  /** The next, which stays. */
  @Nullable Object peek() {
    return parts.peek();
  }

  /** Takes the next. */
  Object remove() {
    Object part = parts.remove();
    bytes -= bytes(part);
    return part;
  }

  /** Forgets all. */
  void release() {
    for (Object part = parts.poll(); part != null; part = parts.poll()) {
      ReferenceCountUtil.release(part);
    }
    bytes = 0;
  }

  private static int bytes(Object part) {
    if (part == LastHttpContent.EMPTY_LAST_CONTENT) {
      return 0; // There is only one.
    }
    int bytes = PART_BYTES;
    if (part instanceof HttpRequest head) {
      bytes += head.uri().length();
      for (var entry : head.headers()) {
        bytes += entry.getKey().length() + entry.getValue().length();
      }
    }
    return part instanceof HttpContent body ? bytes + body.content().readableBytes() : bytes;
  }
}
