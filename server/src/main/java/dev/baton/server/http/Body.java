package dev.baton.server.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a request's body up to a limit. Lives on the request's event loop. */
public final class Body {

  /** How much of a refused body is read and thrown away so that its sender hears the refusal. */
  private static final long MOST_DISCARDED = 64L << 20;

  private static final byte[] NOTHING = {};

  private final HttpServerRequest request;
  private final Intake intake;
  private final int limit;
  private final Whole whole;
  private final Runnable tooLarge;

  /** Takes a body that has come whole. */
  interface Whole {

    /**
     * Called once.
     *
     * @param room for what is made of it, until the request is answered
     */
    void accept(byte[] body, Room room);
  }

  /** Room for what is made of a body. */
  final class Room {

    private long taken;
    private boolean isTooMuch;

    /** Takes so many bytes more, or none and answers false. */
    boolean tryTake(long more) {
      isTooMuch = taken + more > intake.account().limit() / 2;
      if (isTooMuch || !intake.account().tryReserve(more)) {
        return false;
      }
      taken += more;
      reserved += more;
      return true;
    }

    /** Whether more was asked for than there would be if others held nothing. */
    boolean isTooMuch() {
      return isTooMuch;
    }
  }

  /** Grows as chunks come: so many small ones take no more than a few large ones. */
  private byte[] bytes = NOTHING;

  private int length;
  private long size;
  private long reserved;

  /** Of what is reserved, what has not come whole. */
  private long unfinished;

  private @Nullable String address;
  private boolean isWithoutRoom;
  private Runnable stopWaiting = () -> {};

  private Body(
      HttpServerRequest request, Intake intake, int limit, Whole whole, Runnable tooLarge) {
    this.request = request;
    this.intake = intake;
    this.limit = limit;
    this.whole = whole;
    this.tooLarge = tooLarge;
  }

  /**
   * Reads the body on the request's event loop. If there is no room for it beside those of other
   * requests, it is answered with 503: its sender may come again. Who asks before he sends ({@code
   * Expect: 100-continue}) is told at once that it would be too large.
   *
   * @param intake where there must be room for it, until the request is answered
   * @param limit bytes
   * @param whole told the whole body
   * @param tooLarge told, once the body's end has come, that there is more than the limit
   */
  public static void read(
      HttpServerRequest request,
      Intake intake,
      int limit,
      Consumer<byte[]> whole,
      Runnable tooLarge) {
    read(request, intake, limit, (body, _) -> whole.accept(body), tooLarge);
  }

  /** The same for those who make more of a body than it is. */
  static void read(
      HttpServerRequest request, Intake intake, int limit, Whole whole, Runnable tooLarge) {
    Body body = new Body(request, intake, limit, whole, tooLarge);
    if (isAskedFor(request)) {
      if (body.contentLength() > limit) {
        body.refuseUnsent();
        return;
      }
      request.response().writeContinue();
    }
    request.response().endHandler(_ -> body.release()).closeHandler(_ -> body.release());
    if (request.version() == HttpVersion.HTTP_2 && !intake.bodyTimeout().isZero()) {
      body.waitNoLonger();
    }
    request.handler(body::collect).endHandler(_ -> Guard.run(request, body::end));
  }

  private static boolean isAskedFor(HttpServerRequest request) {
    return "100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT));
  }

  /** What comes after this on the connection may be the body, or not: nothing more is read. */
  private void refuseUnsent() {
    if (request.version() != HttpVersion.HTTP_2) {
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    tooLarge.run();
  }

  /** One of the streams of a connection may take as long as a connection of one request. */
  private void waitNoLonger() {
    Context loop = Vertx.currentContext();
    if (loop == null) {
      return;
    }
    Vertx vertx = loop.owner();
    long timer =
        vertx.setTimer(
            intake.bodyTimeout().toMillis(),
            _ -> {
              release();
              if (!request.response().ended() && !request.response().closed()) {
                Texts.refuse(request, 408, "the request did not come in time");
              }
              request.response().reset();
            });
    stopWaiting = () -> vertx.cancelTimer(timer);
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
    int more = capacity - bytes.length;
    if (!mayBegin(capacity, more)) {
      return false;
    }
    if (!intake.account().tryReserve(more)) {
      return false;
    }
    reserved += more;
    bytes = Arrays.copyOf(bytes, capacity);
    return true;
  }

  private boolean mayBegin(int capacity, int more) {
    if (capacity <= Intake.SMALL_BYTES) {
      return true;
    }
    String from = address;
    if (from == null) {
      from = Addresses.networkOf(request);
      address = from;
    }
    if (!intake.tryBegin(from, more)) {
      return false;
    }
    unfinished += more;
    return true;
  }

  private void finish() {
    if (address != null) {
      intake.finish(address, unfinished);
      unfinished = 0;
    }
  }

  /** How long the body will be, or at most. */
  private int announced() {
    long length = contentLength();
    return length < 0 ? limit : (int) Math.min(limit, length);
  }

  /** How long its sender says that it is; -1 if he does not. */
  private long contentLength() {
    String text = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return text == null ? -1 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      return -1; // The HTTP decoder judges it.
    }
  }

  private void release() {
    bytes = NOTHING;
    stopWaiting.run();
    finish();
    intake.account().release(reserved);
    reserved = 0;
  }

  private void end() {
    stopWaiting.run();
    finish();
    if (size > limit) {
      tooLarge.run();
    } else if (isWithoutRoom) {
      request.response().putHeader("retry-after", "1");
      Texts.refuse(request, 503, "the server has no room for the body beside those of others");
    } else {
      byte[] body = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
      bytes = NOTHING;
      whole.accept(body, new Room());
    }
  }
}
