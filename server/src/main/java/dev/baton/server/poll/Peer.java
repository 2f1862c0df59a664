package dev.baton.server.poll;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.SocketOption;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The machine at the other end of a stream. One that vanishes, with its power or its network, says
 * nothing: TCP would wait for it for a quarter of an hour. So on a quiet stream its kernel is asked
 * for a sign of life, and while something is under way, it is looked whether it acknowledges.
 *
 * <p>Its kernel alone is meant: a process that is frozen, or reads slowly, is not cut off. That is
 * why the kernel's own way, TCP_USER_TIMEOUT, is not used: it also counts the time in which a
 * reader takes nothing though its kernel answers. Lives on the stream's event loop.
 */
public final class Peer {

  /** How many unanswered probes, or repetitions, make a loss that is no accident. */
  private static final int LOSSES = 2;

  private static final long LEAST_DELAY_MS = 50;

  private final @Nullable EpollSocketChannel channel;
  private final Vertx vertx;
  private final Runnable onGone;
  private final long timeoutMs;
  private boolean isWatched;

  /**
   * Asks its kernel for signs of life from now on.
   *
   * @param timeout after which a machine that acknowledges nothing is gone; zero: never
   * @param onGone told on the event loop
   */
  public Peer(Vertx vertx, HttpConnection connection, Duration timeout, Runnable onGone) {
    this.vertx = vertx;
    this.onGone = onGone;
    this.timeoutMs = timeout.toMillis();
    Channel found = connection instanceof ConnectionBase base ? base.channel() : null;
    if (found != null && timeoutMs > 0) {
      probe(found, Math.toIntExact(Math.ceilDiv(timeoutMs, 1000L * (LOSSES + 1))));
    }
    this.channel = timeoutMs > 0 && found instanceof EpollSocketChannel epoll ? epoll : null;
  }

  /** After a second of silence, then each second; the options of other platforms may be fewer. */
  private static void probe(Channel channel, int seconds) {
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    if (channel instanceof EpollSocketChannel) {
      channel.config().setOption(EpollChannelOption.TCP_KEEPIDLE, seconds);
      channel.config().setOption(EpollChannelOption.TCP_KEEPINTVL, seconds);
      channel.config().setOption(EpollChannelOption.TCP_KEEPCNT, LOSSES);
    } else if (channel instanceof NioSocketChannel) {
      set(channel, ExtendedSocketOptions.TCP_KEEPIDLE, seconds);
      set(channel, ExtendedSocketOptions.TCP_KEEPINTERVAL, seconds);
      set(channel, ExtendedSocketOptions.TCP_KEEPCOUNT, LOSSES);
    }
  }

  private static void set(Channel channel, SocketOption<Integer> option, int value) {
    channel.config().setOption(NioChannelOption.of(option), value);
  }

  /** Something has been written, and the kernel does not probe until it is acknowledged. */
  public void wrote() {
    if (channel != null && !isWatched) {
      isWatched = true;
      look(timeoutMs / (LOSSES + 1));
    }
  }

  private void look(long delayMs) {
    vertx.setTimer(Math.max(LEAST_DELAY_MS, delayMs), _ -> look());
  }

  private void look() {
    if (channel == null || !channel.isOpen()) {
      return;
    }
    EpollTcpInfo info = channel.tcpInfo();
    boolean isUnderWay = info.unacked() > 0 || info.probes() > 0;
    if (!isUnderWay) {
      isWatched = false;
    } else if (info.lastAckRecv() >= timeoutMs
        && Math.max(info.retransmits(), info.probes()) >= LOSSES) {
      onGone.run();
      channel.close();
    } else {
      look(timeoutMs - info.lastAckRecv());
    }
  }
}
