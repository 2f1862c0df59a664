package dev.baton.server.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/** Reads a request's body up to a limit. Lives on the request's event loop. */
public final class Body {

  /** How much of a refused body is read and thrown away so that its sender hears the refusal. */
  private static final long MOST_DISCARDED = 64L << 20;

  private final HttpServerRequest request;
  private final int limit;
  private final Consumer<byte[]> whole;
  private final Runnable tooLarge;
  private Buffer collected = Buffer.buffer(0);
  private long size;
  private long taken;
  private boolean isWithoutRoom;

  private Body(HttpServerRequest request, int limit, Consumer<byte[]> whole, Runnable tooLarge) {
    this.request = request;
    this.limit = limit;
    this.whole = whole;
    this.tooLarge = tooLarge;
  }

  /**
   * Reads the body on the request's event loop. If there is no room for it beside those of other
   * requests, it is answered with 503: its sender may come again.
   *
   * @param limit bytes
   * @param whole told the whole body
   * @param tooLarge told, once the body's end has come, that there is more than the limit
   */
  public static void read(
      HttpServerRequest request, int limit, Consumer<byte[]> whole, Runnable tooLarge) {
    Body body = new Body(request, limit, whole, tooLarge);
    request.response().endHandler(_ -> body.release()).closeHandler(_ -> body.release());
    request.handler(body::collect).endHandler(_ -> body.end());
  }

  private void collect(Buffer chunk) {
    size += chunk.length();
    if (size > MOST_DISCARDED) {
      request.connection().close();
    } else if (size > limit || isWithoutRoom) {
      release();
    } else if (Budget.OF_PROCESS.take(chunk.length())) {
      taken += chunk.length();
      collected = collected.length() == 0 ? chunk : collected.appendBuffer(chunk);
    } else {
      isWithoutRoom = true;
      release();
    }
  }

  private void release() {
    collected = Buffer.buffer(0);
    Budget.OF_PROCESS.giveBack(taken);
    taken = 0;
  }

  private void end() {
    if (size > limit) {
      tooLarge.run();
    } else if (isWithoutRoom) {
      request.response().putHeader("retry-after", "1");
      Texts.refuse(request, 503, "the server has no room for the body beside those of others");
    } else {
      byte[] bytes = collected.getBytes();
      collected = Buffer.buffer(0);
      whole.accept(bytes);
    }
  }
}
