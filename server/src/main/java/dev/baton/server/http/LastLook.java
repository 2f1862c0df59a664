package dev.baton.server.http;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;

/**
 * Looks whether something has come before an idle connection is closed. The loop may have been with
 * another connection, perhaps for as long as a disk takes, since it last looked at this one:
 * closing it with a request unread resets it, and the request is lost. Of HTTP/2 the client is told
 * which of its requests have come. Costs nothing until then. Lives on the connection's event loop.
 */
public final class LastLook extends ChannelInboundHandlerAdapter {

  /** A loop reads what has come before it does what is due, so this is always one look later. */
  private static final long LOOK_MS = 1;

  private boolean isLooking;

  LastLook() {}

  /** Puts one behind what notices that a connection is idle. */
  public static void before(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      ChannelHandlerContext idle = pipeline.context(IdleStateHandler.class);
      if (idle != null) {
        pipeline.addAfter(idle.name(), "last-look", new LastLook());
      }
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (!(event instanceof IdleStateEvent)) {
      context.fireUserEventTriggered(event);
    } else if (!isLooking) {
      isLooking = true;
      var look = new Look();
      context.pipeline().addFirst(look); // Half a request would not come as far as this.
      context.executor().schedule(() -> end(context, look, event), LOOK_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void end(ChannelHandlerContext context, Look look, Object event) {
    isLooking = false;
    if (!look.isRemoved) {
      context.pipeline().remove(look);
      if (look.isInUse) {
        return;
      }
      if (context.pipeline().get(Http2ConnectionHandler.class) == null) {
        context.fireUserEventTriggered(event);
      } else {
        context.channel().close(); // By the pipeline's end, so that a GOAWAY goes first.
      }
    }
  }

  private static final class Look extends ChannelDuplexHandler {
    private boolean isInUse;
    private boolean isRemoved;

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      isInUse = true;
      context.fireChannelRead(bytes);
    }

    @Override
    public void write(ChannelHandlerContext context, Object bytes, ChannelPromise promise) {
      isInUse = true;
      context.write(bytes, promise);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      isRemoved = true; // With the connection, if not before.
    }
  }
}
