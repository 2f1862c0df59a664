package dev.baton.server.http;

import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Parts of requests that have come before their turn, and what they take. Their heads have room
 * until none waits: one read may bring the heads of many.
 */
final class Backlog {

  /** More than one read brings: only who has shut down is read from all the same, to the end. */
  private static final int MOST_BYTES = 2 << 20;

  /** What a part takes beside its text. */
  private static final int PART_BYTES = 256;

  private final Queue<Object> parts = new ArrayDeque<>(0);
  private final HeadRoom heads;

  /** Of what waits, roughly. */
  private int bytes;

  Backlog(HeadAccount.Share heads) {
    this.heads = new HeadRoom(heads);
  }

  /** Adds a part, or, where there is no room for it, takes it all the same and answers false. */
  boolean tryAdd(Object part) {
    parts.add(part);
    bytes += bytes(part);
    return bytes <= MOST_BYTES
        && (!(part instanceof HttpRequest head)
            || (heads.tryTake(PART_BYTES)
                && heads.tryTake(head.uri(), head.headers().iteratorCharSequence())));
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** The next, which stays. */
  @Nullable Object peek() {
    return parts.peek();
  }

  /** Takes the next. */
  Object remove() {
    Object part = parts.remove();
    bytes -= bytes(part);
    if (parts.isEmpty()) {
      heads.release();
    }
    return part;
  }

  /** Forgets all. */
  void release() {
    for (Object part = parts.poll(); part != null; part = parts.poll()) {
      ReferenceCountUtil.release(part);
    }
    bytes = 0;
    heads.release();
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
