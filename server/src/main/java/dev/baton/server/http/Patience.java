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
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

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

  /** What a byte of a half-sent head may take in memory: there are very short headers. */
  private static final int BYTES_OF_A_BYTE = 8;

  /** What takes more must have room before it is decoded. Heads take less, but for long tokens. */
  private static final long MUCH = 16_384;

  /**
   * What a connection may take.
   *
   * @param head how long a head may take; zero: for ever
   * @param body how long a body may take; zero: for ever
   * @param heads where all half-sent heads find room; a connection without it is closed
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

  private final Limits limits;
  private final HeadAccount.Share heads;
  private final LongSupplier nanoClock;
  private Phase phase = Phase.HEAD;
  private long since;
  private long received;

  /** What is held for a half-sent head. */
  private long held;

  private boolean isAnswered;
  private boolean hasBegun;

  /** When the next look is planned, by the clock. */
  private long lookAt = Long.MAX_VALUE;

  Patience(Limits limits, HeadAccount.Share heads, LongSupplier nanoClock) {
    this.limits = limits;
    this.heads = heads;
    this.nanoClock = nanoClock;
  }

  /** Watches a connection that has just been accepted, before anybody else sees it. */
  public static void watch(Channel connection, Limits limits) {
    connection
        .pipeline()
        .addLast(NAME, new Patience(limits, limits.heads().of(connection), System::nanoTime));
  }

  /** A watched connection has shown which HTTP it speaks. On its event loop. */
  public static void connected(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      connected(base.channel().pipeline());
    }
  }

  /** Before the decoder what comes is bytes, behind it the parts of requests. */
  static void connected(ChannelPipeline pipeline) {
    ChannelHandlerContext decoder = pipeline.context(HttpRequestDecoder.class);
    if (pipeline.get(NAME) instanceof Patience patience) {
      if (decoder == null) {
        patience.phase = Phase.IDLE; // Of HTTP/2 no stream holds up another.
        pipeline.remove(patience);
      } else {
        pipeline.addAfter(decoder.name(), "parts", patience.new Parts());
        if (patience.hasBegun) {
          patience.begin(Phase.BODY); // The first head has passed: it was what showed that.
        }
      }
    }
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
      if (part instanceof HttpContent content) {
        received += content.content().readableBytes();
      }
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
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    hasBegun = true;
    if (phase == Phase.IDLE) {
      begin(Phase.HEAD);
    }
    int length = bytes instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
    long halfSent = phase == Phase.HEAD && bytes instanceof ByteBuf text ? ofHalfSent(text) : 0;
    boolean isHeld = halfSent > MUCH;
    if (isHeld && !hold(context.channel(), halfSent)) {
      ReferenceCountUtil.release(bytes);
      return;
    }
    context.fireChannelRead(bytes);
    if (phase == Phase.HEAD && !context.isRemoved()) {
      if (!isHeld) {
        hold(context.channel(), (long) length * BYTES_OF_A_BYTE);
      }
    } else {
      release();
    }
    if (phase != Phase.IDLE) {
      arm(context.channel());
    }
  }

  /** Closes the connection if there is no room, and answers whether there is. */
  private boolean hold(Channel channel, long bytes) {
    boolean hasRoom = heads.tryReserve(bytes);
    if (hasRoom) {
      held += bytes;
    } else {
      channel.close();
    }
    return hasRoom;
  }

  /**
   * What a piece of a head takes once it is decoded; 0 if it comes to the end of the head: such
   * heads are looked at one at a time. A busy event loop closes late, so those who are refused only
   * after that would still have their headers.
   */
  private static long ofHalfSent(ByteBuf text) {
    int from = text.readerIndex();
    int lines = 0;
    for (int end = lineEnd(text, from); end >= 0; end = lineEnd(text, from)) {
      boolean isEmpty = end == from || (end == from + 1 && text.getByte(from) == '\r');
      if (isEmpty && lines > 0) {
        return 0;
      }
      from = end + 1;
      lines += isEmpty ? 0 : 1; // Those before a request line are passed over.
    }
    int length = text.readableBytes();
    return Math.max((long) length * BYTES_OF_A_BYTE, HeadRoom.ofHeaders(lines, length));
  }

  private static int lineEnd(ByteBuf text, int from) {
    return text.indexOf(from, text.writerIndex(), (byte) '\n');
  }

  private void release() {
    if (held > 0) {
      heads.release(held);
      held = 0;
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    release();
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
    lookAt = now + wait;
    channel.eventLoop().schedule(() -> look(channel), wait, TimeUnit.NANOSECONDS);
  }

  private void look(Channel channel) {
    lookAt = Long.MAX_VALUE;
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
