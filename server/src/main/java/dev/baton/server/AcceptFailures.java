package dev.baton.server;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that connections cannot be accepted, and what helps: now and then. Netty tries again each
 * second on each event loop, and would log each failure with its stack. Thread-safe.
 */
@Sharable
final class AcceptFailures extends ChannelInboundHandlerAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);

  private static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(10);

  /** What systems say in that case, of the process or of the machine. */
  private static final String NO_FILES = "Too many open files";

  private final LongSupplier nanoTime;

  // Guarded by this.
  private boolean isSaid;
  private long saidAt;

  /**
   * @param nanoTime a clock
   */
  AcceptFailures(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (isToBeSaid()) {
      String reason = String.valueOf(cause.getMessage());
      LOG.warn(
          "Connections cannot be accepted, which is tried again each second: {}{}",
          reason,
          reason.contains(NO_FILES) ? remedy() : "");
    }
  }

  private static String remedy() {
    return ". This process may open %d: raise that limit (ulimit -n), or lower server.max_connections"
        .formatted(Descriptors.most());
  }

  private synchronized boolean isToBeSaid() {
    long now = nanoTime.getAsLong();
    if (isSaid && now - saidAt < AGAIN_NANOS) {
      return false;
    }
    isSaid = true;
    saidAt = now;
    return true;
  }
}
