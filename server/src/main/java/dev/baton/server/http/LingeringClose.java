package dev.baton.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection whose peer may still be sending. To close it with something unread is a
 * reset, at which the peer's system may forget what it has received: the last word, too. So the
 * peer is told that nothing more will come, and what it sends is read and thrown away until it
 * closes, or for a while (RFC 9112, section 9.6). Lives on the connection's event loop.
 */
final class LingeringClose extends ChannelInboundHandlerAdapter {

  /** More than any body that would have been taken. */
  static final long MOST_BYTES = 64L << 20;

  static final long MOST_SECONDS = 5;

  private long received;

  private LingeringClose() {}

  /**
   * Says something, and closes.
   *
   * @param context from where it is said
   * @param lastWord nothing is written after it
   */
  static void after(ChannelHandlerContext context, Object lastWord) {
    Channel channel = context.channel();
    channel.pipeline().addFirst(new LingeringClose());
    channel.config().setAutoRead(true); // It may have been kept waiting.
    context.executor().schedule(() -> channel.close(), MOST_SECONDS, TimeUnit.SECONDS);
    context.writeAndFlush(lastWord).addListener(_ -> endOutput(channel));
  }

  private static void endOutput(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      shutDown(channel);
    } else {
      tls.closeOutbound().addListener(_ -> shutDown(channel));
    }
  }

  private static void shutDown(Channel channel) {
    if (channel instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    received += bytes instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
    ReferenceCountUtil.release(bytes);
    if (received > MOST_BYTES) {
      context.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      context.close();
    } else {
      context.fireUserEventTriggered(event);
    }
  }
}
