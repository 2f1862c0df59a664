package dev.baton.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection may take to send a request: a half-sent one holds a connection, and memory
 * for what has come of it. A head, also the first of a new connection, must come within one time, a
 * body within another and at a least rate. What comes whole in one piece costs no timer. Lives on
 * the connection's event loop.
 */
public final class Patience extends ChannelDuplexHandler {

  /** A body that has taken this long must have come at the least rate. */
  static final Duration FIRST_LOOK = Duration.ofSeconds(5);

  static final long LEAST_BYTES_PER_SECOND = 1024;

  private static final String TOO_SLOW = "the request did not come in time\n";
  private static final byte[] REFUSAL =
      ("HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n"
              + "content-type: text/plain; charset=utf-8\r\ncontent-length: "
              + TOO_SLOW.length()
              + "\r\n\r\n"
              + TOO_SLOW)
          .getBytes(StandardCharsets.US_ASCII);

  /**
   * What a connection may take.
   *
   * @param head how long a head may take; zero: for ever
   * @param body how long a body may take; zero: for ever
   * @param heads where all half-sent heads and trailers find room; a connection without it is
   *     closed
   */
  public record Limits(Duration head, Duration body, HeadAccount heads) {}

  private enum Phase {
    /** Nothing is owed. */
    IDLE,
    /** A head has begun, or the connection has. */
    HEAD,
    BODY
  }

  private static final String NAME = "patience";

  /** What a head may take without a decoder being changed for another. */
  private static final int LONG_LINE = 4_096;

  private final Limits limits;
  private final HeadAccount.Share heads;
  private final LongSupplier nanoClock;
  private final Undecoded undecoded;
  private Phase phase = Phase.HEAD;
  private long since;
  private long received;
  private boolean isAnswered;
  private boolean hasBegun;

  /** Makes a decoder like that of the connection; null before there is one. */
  private @Nullable Supplier<HttpRequestDecoder> newDecoder;

  /** What has come since nothing was owed last, but for bodies: the longest line is no longer. */
  private long lines;

  /** When the next look is planned, by the clock. */
  private long lookAt = Long.MAX_VALUE;

  private @Nullable Future<?> planned;

  Patience(Limits limits, HeadAccount.Share heads, LongSupplier nanoClock) {
    this.limits = limits;
    this.heads = heads;
    this.nanoClock = nanoClock;
    this.undecoded = new Undecoded(heads);
  }

  /** Watches a connection that has just been accepted, before anybody else sees it. */
  public static void watch(Channel connection, Limits limits) {
    connection
        .pipeline()
        .addLast(NAME, new Patience(limits, limits.heads().of(connection), System::nanoTime));
  }

  /**
   * A watched connection has shown which HTTP it speaks. On its event loop.
   *
   * @param newDecoder makes a decoder of HTTP/1 like the one that it has, if it has one
   */
  public static void connected(HttpConnection connection, Supplier<HttpRequestDecoder> newDecoder) {
    if (connection instanceof ConnectionBase base) {
      connected(base.channel().pipeline(), newDecoder);
    }
  }

  /** Before the decoder what comes is bytes, behind it the parts of requests. */
  static void connected(ChannelPipeline pipeline, Supplier<HttpRequestDecoder> newDecoder) {
    ChannelHandlerContext decoder = pipeline.context(HttpRequestDecoder.class);
    if (!(pipeline.get(NAME) instanceof Patience patience)) {
      return;
    }
    if (decoder == null) {
      patience.leave(pipeline); // Of HTTP/2 no stream holds up another.
      return;
    }
    if (pipeline.get(SslHandler.class) != null) {
      patience = patience.behindTls(pipeline, decoder);
    }
    patience.newDecoder = newDecoder;
    pipeline.addAfter(decoder.name(), "parts", patience.new Parts());
    if (patience.hasBegun) { // The first head has passed: it was what showed that.
      patience.begin(Phase.BODY);
      patience.undecoded.tells(0);
    }
  }

  private void leave(ChannelPipeline pipeline) {
    phase = Phase.IDLE;
    pipeline.remove(this);
  }

  /** What comes before TLS shows nothing. What has been left of the time is left. */
  private Patience behindTls(ChannelPipeline pipeline, ChannelHandlerContext decoder) {
    leave(pipeline);
    var behind = new Patience(limits, heads, nanoClock);
    behind.since = since;
    pipeline.addBefore(decoder.name(), NAME, behind);
    behind.arm(pipeline.channel());
    return behind;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    begin(Phase.HEAD);
    arm(context.channel());
    context.fireChannelActive();
  }

  private final class Parts extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object part) {
      if (part instanceof HttpRequest) {
        begin(Phase.BODY);
      }
      int ofBody = part instanceof HttpContent body ? body.content().readableBytes() : 0;
      received += ofBody;
      lines -= ofBody;
      undecoded.tells(ofBody);
      if (part instanceof LastHttpContent) {
        phase = Phase.IDLE;
      }
      context.fireChannelRead(part);
    }
  }

  private void begin(Phase next) {
    phase = next;
    since = nanoClock.getAsLong();
    received = 0;
    isAnswered = false;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object read) {
    hasBegun = true;
    if (read instanceof ByteBuf bytes) {
      decode(context, bytes);
    } else {
      context.fireChannelRead(read);
    }
    if (phase != Phase.IDLE) {
      arm(context.channel());
    }
  }

  /** In pieces, so that what has come behind a request is counted, too. */
  private void decode(ChannelHandlerContext context, ByteBuf bytes) {
    boolean goesOn = true;
    while (goesOn && !context.isRemoved()) {
      Piece piece = phase == Phase.BODY ? Piece.ofBody(bytes) : Piece.ofHead(bytes);
      if (piece.length() == bytes.readableBytes()) {
        decode(context, piece, fitting(context, piece, bytes));
        return;
      }
      goesOn = decode(context, piece, bytes.readRetainedSlice(piece.length()));
    }
    if (goesOn) {
      context.pipeline().fireChannelRead(bytes); // Others read on from here.
    } else {
      bytes.release();
    }
  }

  /** Closes the connection if there is no room for a piece, and answers whether it is open. */
  private boolean decode(ChannelHandlerContext context, Piece piece, ByteBuf bytes) {
    if (phase == Phase.IDLE && !piece.isBlank()) {
      begin(Phase.HEAD);
    }
    boolean hasRoom = undecoded.tryTake(piece);
    lines += piece.length();
    if (hasRoom) {
      context.fireChannelRead(bytes);
      hasRoom = context.isRemoved() || undecoded.tryKeep(piece, phase == Phase.IDLE);
      if (phase == Phase.IDLE && undecoded.isAny()) {
        begin(Phase.HEAD); // It has begun behind a body.
      }
      if (phase == Phase.IDLE && !context.isRemoved()) {
        forgetLines(context.pipeline());
      }
    } else {
      bytes.release();
    }
    if (!hasRoom) {
      context.channel().close();
    }
    return context.channel().isOpen();
  }

  /** A decoder keeps a buffer for the longest line that it has read, however long it is idle. */
  private void forgetLines(ChannelPipeline pipeline) {
    if (lines > LONG_LINE && newDecoder != null) {
      ChannelHandlerContext decoder = pipeline.context(HttpRequestDecoder.class);
      if (decoder != null) {
        pipeline.replace(decoder.handler(), decoder.name(), newDecoder.get());
      }
    }
    lines = 0;
  }

  /** Half a head stays for a while, and would keep all the memory that was made for a read. */
  private static ByteBuf fitting(ChannelHandlerContext context, Piece piece, ByteBuf bytes) {
    if (piece.end() != Piece.End.HALF_SENT || bytes.capacity() / 4 <= piece.length()) {
      return bytes;
    }
    ByteBuf copy = context.alloc().ioBuffer(piece.length()).writeBytes(bytes);
    bytes.release();
    return copy;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    undecoded.release();
    forgetPlanned();
  }

  /** Until its time it would keep the memory of a connection that is closed. */
  private void forgetPlanned() {
    if (planned != null) {
      planned.cancel(false);
      planned = null;
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    isAnswered = true;
    context.write(message, promise);
  }

  private long limitNanos() {
    Duration limit =
        switch (phase) {
          case IDLE -> Duration.ZERO;
          case HEAD -> limits.head();
          case BODY -> limits.body();
        };
    return limit.isZero() ? Long.MAX_VALUE : limit.toNanos();
  }

  private void arm(Channel channel) {
    long limit = limitNanos();
    if (limit == Long.MAX_VALUE) {
      return;
    }
    long now = nanoClock.getAsLong();
    long look = phase == Phase.BODY ? FIRST_LOOK.toNanos() : limit;
    long wait = Math.max(1_000_000, Math.min(limit - (now - since), look));
    if (lookAt <= now + wait) {
      return;
    }
    forgetPlanned();
    lookAt = now + wait;
    planned = channel.eventLoop().schedule(() -> look(channel), wait, TimeUnit.NANOSECONDS);
  }

  private void look(Channel channel) {
    lookAt = Long.MAX_VALUE;
    planned = null;
    if (phase == Phase.IDLE || !channel.isOpen()) {
      return;
    }
    if (!channel.config().isAutoRead()) {
      begin(phase); // It is this side that does not read.
    }
    long elapsed = nanoClock.getAsLong() - since;
    boolean isTooSlow =
        phase == Phase.BODY
            && elapsed >= FIRST_LOOK.toNanos()
            && received < elapsed / 1_000_000_000 * LEAST_BYTES_PER_SECOND;
    if (elapsed >= limitNanos() || isTooSlow) {
      end(channel);
    } else {
      arm(channel);
    }
  }

  /** Says why, unless something has been said already. */
  private void end(Channel channel) {
    ChannelHandlerContext context = channel.pipeline().context(this);
    boolean isUnanswered = phase == Phase.BODY && !isAnswered;
    phase = Phase.IDLE;
    if (isUnanswered && context != null) {
      LingeringClose.after(context, Unpooled.wrappedBuffer(REFUSAL));
    } else {
      channel.close();
    }
  }
}
