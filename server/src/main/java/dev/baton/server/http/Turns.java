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
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The requests of an HTTP/1 connection take turns: the next begins when the one before has been
 * answered and most of the answers have been taken. Who sends many requests and reads nothing is
 * not read from, and holds the memory of one answer. Who says that nothing more will come is
 * answered first, and then the connection is closed. Lives on the connection's event loop.
 */
public final class Turns extends ChannelDuplexHandler {

  private static final String NAME = "turns";

  /** The handler that turns what has been decoded into requests. */
  private static final String REQUESTS = "handler";

  /** More than one read brings: only who has shut down is read from all the same, to the end. */
  private static final int MOST_WAITING = 2 << 20;

  /** What a part takes beside its text. */
  private static final int PART_BYTES = 256;

  private final Queue<Object> waiting = new ArrayDeque<>(0);

  /** Of what waits, roughly. */
  private int waitingBytes;

  private boolean isAnswerDue;

  /** Whether a request has begun whose end has not come. */
  private boolean isComing;

  /** Whether the last request that has begun is being answered, or has been. */
  private boolean hasAnswerBegun;

  /** Whether an answer is under way whose length nobody knows. */
  private boolean isStream;

  /** Whether the client has shut down its side of the connection. */
  private boolean isInputOver;

  private boolean isNextPlanned;

  /** A connection has shown which HTTP it speaks. On its event loop. */
  public static void of(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      if (pipeline.context(HttpRequestDecoder.class) != null
          && pipeline.context(REQUESTS) != null) {
        pipeline.addBefore(REQUESTS, NAME, new Turns());
        if (!connection.isSsl()) { // TLS has a word of its own for that, and closes.
          base.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object part) {
    if (!waiting.isEmpty() || (part instanceof HttpRequest && !mayBegin(context.channel()))) {
      waiting.add(part);
      waitingBytes += bytes(part);
      context.channel().config().setAutoRead(false);
      if (waitingBytes > MOST_WAITING) {
        context.close();
      }
    } else {
      pass(context, part);
    }
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

  private boolean mayBegin(Channel channel) {
    return !isAnswerDue && channel.isWritable();
  }

  private void pass(ChannelHandlerContext context, Object part) {
    if (part instanceof HttpRequest) {
      isAnswerDue = true;
      isComing = true;
      hasAnswerBegun = false;
    } else if (MalformedBody.isPart(part)) {
      ReferenceCountUtil.release(part);
      context
          .writeAndFlush(hasAnswerBegun ? Unpooled.EMPTY_BUFFER : MalformedBody.refusal())
          .addListener(ChannelFutureListener.CLOSE);
      return;
    }
    if (part instanceof LastHttpContent) {
      isComing = false;
    }
    context.fireChannelRead(part);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      isInputOver = true;
      if (context.pipeline().context(HttpRequestDecoder.class) == null) {
        context.close(); // It has gone over to HTTP/2.
      } else {
        endIfOver(context);
      }
    }
    context.fireUserEventTriggered(event);
  }

  private void endIfOver(ChannelHandlerContext context) {
    if (!isInputOver) {
      return;
    }
    if (isStream) {
      context.close(); // Who has died looks the same, and will take nothing.
    } else if (waiting.isEmpty() && (isComing || !isAnswerDue)) {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object part, ChannelPromise promise) {
    if (part instanceof HttpResponse head && !isInterim(head)) {
      hasAnswerBegun = true;
      isStream = !(part instanceof LastHttpContent) && !HttpUtil.isContentLengthSet(head);
    }
    context.write(part, promise);
    if (part instanceof LastHttpContent && !isInterim(part)) {
      isAnswerDue = false;
      isStream = false;
      planNext(context);
    } else if (isStream) {
      planNext(context);
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
    if (!isNextPlanned && (isInputOver || !waiting.isEmpty())) {
      isNextPlanned = true;
      context.executor().execute(() -> goOn(context));
    }
  }

  private void goOn(ChannelHandlerContext context) {
    isNextPlanned = false;
    if (!context.isRemoved()) {
      drain(context);
      endIfOver(context);
    }
  }

  private void drain(ChannelHandlerContext context) {
    Object next = waiting.peek();
    boolean hasBegun = false;
    while (next != null && (!(next instanceof HttpRequest) || mayBegin(context.channel()))) {
      waiting.remove();
      waitingBytes -= bytes(next);
      hasBegun = true;
      pass(context, next);
      next = waiting.peek();
    }
    if (hasBegun) {
      context.fireChannelReadComplete();
    }
    if (waiting.isEmpty()) {
      context.channel().config().setAutoRead(true);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    for (Object part = waiting.poll(); part != null; part = waiting.poll()) {
      ReferenceCountUtil.release(part);
    }
  }
}
