package dev.baton.server.http;

import dev.baton.server.memory.Account;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.function.Consumer;

/** Reads a request's body up to a limit. Lives on the request's event loop. */
public final class Body {

  /** How much of a refused body is read and thrown away so that its sender hears the refusal. */
  private static final long MOST_DISCARDED = 64L << 20;

  private static final byte[] NOTHING = {};

  private final HttpServerRequest request;
  private final Account account;
  private final int limit;
  private final Consumer<byte[]> whole;
  private final Runnable tooLarge;

  /** Grows as chunks come: so many small ones take no more than a few large ones. */
  private byte[] bytes = NOTHING;

  private int length;
  private long size;
  private long reserved;
  private boolean isWithoutRoom;

  private Body(
      HttpServerRequest request,
      Account account,
      int limit,
      Consumer<byte[]> whole,
      Runnable tooLarge) {
    this.request = request;
    this.account = account;
    this.limit = limit;
    this.whole = whole;
    this.tooLarge = tooLarge;
  }

  /**
   * Reads the body on the request's event loop. If there is no room for it beside those of other
   * requests, it is answered with 503: its sender may come again.
   *
   * @param account what it is held against, until the request is answered
   * @param limit bytes
   * @param whole told the whole body
   * @param tooLarge told, once the body's end has come, that there is more than the limit
   */
  public static void read(
      HttpServerRequest request,
      Account account,
      int limit,
      Consumer<byte[]> whole,
      Runnable tooLarge) {
    Body body = new Body(request, account, limit, whole, tooLarge);
    request.response().endHandler(_ -> body.release()).closeHandler(_ -> body.release());
    request.handler(body::collect).endHandler(_ -> Guard.run(request, body::end));
  }

  private void collect(Buffer chunk) {
    size += chunk.length();
    if (size > MOST_DISCARDED) {
      request.response().reset();
    } else if (size > limit || isWithoutRoom) {
      release();
    } else if (makeRoom((int) size)) {
      chunk.getBytes(0, chunk.length(), bytes, length);
      length += chunk.length();
    } else {
      isWithoutRoom = true;
      release();
    }
  }

  private boolean makeRoom(int needed) {
    if (needed <= bytes.length) {
      return true;
    }
    int capacity = Math.max(needed, Math.min(2 * bytes.length, announced()));
    if (!account.tryReserve(capacity - bytes.length)) {
      return false;
    }
    reserved += capacity - bytes.length;
    bytes = Arrays.copyOf(bytes, capacity);
    return true;
  }

  /** How long the body will be, or at most. */
  private int announced() {
    String text = request.getHeader("content-length");
    try {
      return text == null ? limit : (int) Math.min(limit, Long.parseLong(text));
    } catch (NumberFormatException e) {
      return limit; // The HTTP decoder judges it.
    }
  }

  private void release() {
    bytes = NOTHING;
    account.release(reserved);
    reserved = 0;
  }

  private void end() {
    if (size > limit) {
      tooLarge.run();
    } else if (isWithoutRoom) {
      request.response().putHeader("retry-after", "1");
      Texts.refuse(request, 503, "the server has no room for the body beside those of others");
    } else {
      byte[] body = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
      bytes = NOTHING;
      whole.accept(body);
    }
  }
}
