package dev.baton.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The requests of an HTTP/1 connection take turns: the next begins when the one before has been
 * answered and most of the answers have been taken. Who sends many requests and reads nothing is
 * not read from, and holds the memory of one answer. Who says that nothing more will come is
 * answered first, and then the connection is closed. When the server leaves, the next answer is the
 * last one, and says so. Lives on the connection's event loop.
 *
 * <pre>
 *         head            last part          head of an answer           last part
 *   FREE --------> COMING ---------> WHOLE -------------------+-> ANSWERING --------> FREE
 *                    |                                        |
 *                    +----------------------------------------+-> STREAMING --------> FREE
 *
 *   a part with a fault of {@link Framing}, in any state, and the end of the last answer: ENDED
 * </pre>
 */
public final class Turns extends ChannelDuplexHandler {

  private static final String NAME = "turns";

  /** The handler that turns what has been decoded into requests. */
  private static final String REQUESTS = "handler";

  /** How it stands with the request that has begun last. */
  enum State {
    /** It has been answered, or none has begun. The rest of its body may still come. */
    FREE,
    /** Parts of it are still to come, and nothing of an answer has been said. */
    COMING,
    /** It has come to its end, and nothing of an answer has been said. */
    WHOLE,
    /** An answer is under way that comes to its end by itself. */
    ANSWERING,
    /** An answer is under way whose length nobody knows. */
    STREAMING,
    /** Nothing more is said, nor listened to. */
    ENDED
  }

  private final ConnectionDrain drain;

  /** For the head of the request that has begun last, while it comes and is answered. */
  private final HeadRoom headRoom;

  private final Backlog backlog;
  private State state = State.FREE;

  /** Whether the answer under way is the connection's last one. */
  private boolean isLast;

  /** Whether the client has shut down its side of the connection. */
  private boolean isInputOver;

  private boolean isNextPlanned;

  /** Whether parts of a request's body are still to come, perhaps behind its answer. */
  private boolean isBodyComing;

  private boolean isRemoved;

  /** To be called once nothing is under way; null if nobody waits for that. */
  private @Nullable Runnable whenQuiet;

  /**
   * @param drain whether the server is about to end, and clients do well to go elsewhere
   * @param heads where there must be room for the head of a request
   */
  Turns(ConnectionDrain drain, HeadAccount.Share heads) {
    this.drain = drain;
    this.headRoom = new HeadRoom(heads);
    this.backlog = new Backlog(heads);
  }

  /** A connection has shown which HTTP it speaks. On its event loop. */
  public static void of(HttpConnection connection, ConnectionDrain drain, HeadAccount heads) {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      if (pipeline.context(HttpRequestDecoder.class) != null
          && pipeline.context(REQUESTS) != null
          && pipeline.context(Http2ConnectionHandler.class) == null) { // It is going over.
        Turns turns = new Turns(drain, heads.of(base.channel()));
        pipeline.addBefore(REQUESTS, NAME, turns);
        drain.add(base.channel(), turns);
        if (!connection.isSsl()) { // TLS has a word of its own for that, and closes.
          base.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
      }
    }
  }

  HeadRoom headRoom() {
    return headRoom;
  }

  State state() {
    return state;
  }

  /** Whether a request has begun that is to be answered, and is not yet. */
  boolean isUnderWay() {
    return switch (state) {
      case COMING, WHOLE, ANSWERING -> true;
      case FREE -> !backlog.isEmpty();
      case STREAMING, ENDED -> false;
    };
  }

  /**
   * Calls something once no request is under way any more, or the connection has ended; perhaps at
   * once. On the event loop; one may wait at a time.
   *
   * @return whether a request was under way
   */
  boolean whenQuiet(Runnable action) {
    boolean wasUnderWay = isUnderWay() && !isRemoved;
    whenQuiet = action;
    tellIfQuiet();
    return wasUnderWay;
  }

  private void tellIfQuiet() {
    Runnable action = whenQuiet;
    if (action != null && (isRemoved || !isUnderWay())) {
      whenQuiet = null;
      action.run();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object part) {
    if (state == State.ENDED) {
      ReferenceCountUtil.release(part);
    } else if (!backlog.isEmpty()
        || (part instanceof HttpRequest && !mayBegin(context.channel()))) {
      context.channel().config().setAutoRead(false);
      if (!backlog.tryAdd(part)) {
        state = State.ENDED;
        backlog.release();
        context.close();
      }
    } else {
      pass(context, part);
    }
  }

  private boolean mayBegin(Channel channel) {
    return state == State.FREE && channel.isWritable();
  }

  private void pass(ChannelHandlerContext context, Object part) {
    Framing fault = Framing.faultOf(part);
    if (fault == null && part instanceof HttpRequest head && !takesRoom(head)) {
      fault = Framing.NO_ROOM;
    }
    if (fault != null) {
      ReferenceCountUtil.release(part);
      boolean isUnanswered = part instanceof HttpRequest || state == State.COMING;
      end(context, isUnanswered ? fault.refusal() : Unpooled.EMPTY_BUFFER);
      return;
    }
    if (part instanceof HttpRequest) {
      state = State.COMING;
      isBodyComing = true;
    }
    if (part instanceof LastHttpContent) {
      isBodyComing = false;
      if (state == State.COMING) {
        state = State.WHOLE;
      }
    }
    context.fireChannelRead(part);
    releaseIfOver();
  }

  private boolean takesRoom(HttpRequest head) {
    headRoom.release(); // Of the one before it.
    return headRoom.tryTake(head.uri(), head.headers().iteratorCharSequence());
  }

  private void releaseIfOver() {
    if (state == State.FREE && !isBodyComing) {
      headRoom.release();
    }
  }

  private void end(ChannelHandlerContext context, Object lastWord) {
    state = State.ENDED;
    backlog.release();
    LingeringClose.after(context, lastWord);
    tellIfQuiet();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      isInputOver = true;
      if (context.pipeline().context(HttpRequestDecoder.class) == null) {
        context.close(); // It has gone over to HTTP/2.
      } else {
        closeIfOver(context);
      }
    }
    context.fireUserEventTriggered(event);
  }

  private void closeIfOver(ChannelHandlerContext context) {
    if (!isInputOver) {
      return;
    }
    switch (state) {
      case STREAMING -> context.close(); // Who has died looks the same, and will take nothing.
      case FREE, COMING -> {
        if (backlog.isEmpty()) {
          context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
      }
      case WHOLE, ANSWERING, ENDED -> {}
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object part, ChannelPromise promise) {
    if (state == State.ENDED) {
      ReferenceCountUtil.release(part);
      if (!promise.isVoid()) { // What that failed would close the connection at once.
        promise.tryFailure(new ClosedChannelException());
      }
      return;
    }
    if (!isInterim(part)) {
      answered(part);
    }
    context.write(part, promise);
    releaseIfOver();
    if (isLast && state == State.FREE) {
      end(context, Unpooled.EMPTY_BUFFER);
    } else if (state == State.FREE || state == State.STREAMING) {
      planNext(context);
      tellIfQuiet();
    }
  }

  private void answered(Object part) {
    if (part instanceof HttpResponse head) {
      sayIfLast(head);
    }
    if (part instanceof LastHttpContent) {
      state = State.FREE;
    } else if (part instanceof HttpResponse head) {
      state = HttpUtil.isContentLengthSet(head) ? State.ANSWERING : State.STREAMING;
    }
  }

  /** What is sent on a connection that is being closed would be lost, so the client is told. */
  private void sayIfLast(HttpResponse head) {
    if (drain.hasBegun() && HttpUtil.isContentLengthSet(head)) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      isLast = true;
    }
  }

  private static boolean isInterim(Object part) {
    return part instanceof HttpResponse response
        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    planNext(context);
    context.fireChannelWritabilityChanged();
  }

  /** Not at once: who has just answered has to finish with that. */
  private void planNext(ChannelHandlerContext context) {
    if (!isNextPlanned && (isInputOver || !backlog.isEmpty())) {
      isNextPlanned = true;
      context.executor().execute(() -> goOn(context));
    }
  }

  private void goOn(ChannelHandlerContext context) {
    isNextPlanned = false;
    if (!context.isRemoved()) {
      drain(context);
      closeIfOver(context);
    }
  }

  private void drain(ChannelHandlerContext context) {
    Object next = backlog.peek();
    boolean hasBegun = false;
    while (next != null && (!(next instanceof HttpRequest) || mayBegin(context.channel()))) {
      hasBegun = true;
      pass(context, backlog.remove());
      next = backlog.peek();
    }
    if (hasBegun) {
      context.fireChannelReadComplete();
    }
    if (backlog.isEmpty()) {
      context.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    drain.remove(context.channel());
    headRoom.release();
    backlog.release();
    isRemoved = true;
    tellIfQuiet();
  }
}
