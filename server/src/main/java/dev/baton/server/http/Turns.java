package dev.baton.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The requests of an HTTP/1 connection take turns: the next begins when the one before has been
 * answered and most of the answers have been taken. Who sends many requests and reads nothing is
 * not read from, and holds the memory of one answer. Lives on the connection's event loop.
 */
public final class Turns extends ChannelDuplexHandler {

  private static final String NAME = "turns";

  /** The handler that turns what has been decoded into requests. */
  private static final String REQUESTS = "handler";

  private final Queue<Object> waiting = new ArrayDeque<>(0);
  private boolean isAnswerDue;
  private boolean isDrainPlanned;

  /** A connection has shown which HTTP it speaks. On its event loop. */
  public static void of(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      if (pipeline.context(HttpRequestDecoder.class) != null
          && pipeline.context(REQUESTS) != null) {
        pipeline.addBefore(REQUESTS, NAME, new Turns());
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object part) {
    if (!waiting.isEmpty() || (part instanceof HttpRequest && !mayBegin(context.channel()))) {
      waiting.add(part);
      context.channel().config().setAutoRead(false);
    } else {
      pass(context, part);
    }
  }

  private boolean mayBegin(Channel channel) {
    return !isAnswerDue && channel.isWritable();
  }

  private void pass(ChannelHandlerContext context, Object part) {
    isAnswerDue |= part instanceof HttpRequest;
    context.fireChannelRead(part);
  }

  @Override
  public void write(ChannelHandlerContext context, Object part, ChannelPromise promise) {
    context.write(part, promise);
    if (part instanceof LastHttpContent && !isInterim(part)) {
      isAnswerDue = false;
      planDrain(context);
    }
  }

  private static boolean isInterim(Object part) {
    return part instanceof HttpResponse response
        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    planDrain(context);
    context.fireChannelWritabilityChanged();
  }

  /** Not at once: who has just answered has to finish with that. */
  private void planDrain(ChannelHandlerContext context) {
    if (!waiting.isEmpty() && !isDrainPlanned) {
      isDrainPlanned = true;
      context.executor().execute(() -> drain(context));
    }
  }

  private void drain(ChannelHandlerContext context) {
    isDrainPlanned = false;
    if (context.isRemoved()) {
      return;
    }
    Object next = waiting.peek();
    boolean hasBegun = false;
    while (next != null && (!(next instanceof HttpRequest) || mayBegin(context.channel()))) {
      waiting.remove();
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
    for (Object part = waiting.poll(); part != null; part = waiting.poll()) {
      ReferenceCountUtil.release(part);
    }
  }
}
