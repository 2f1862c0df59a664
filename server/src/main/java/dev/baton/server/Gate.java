package dev.baton.server;

import dev.baton.server.config.ServerConfig;
import dev.baton.server.http.Addresses;
import dev.baton.server.http.HeadAccount;
import dev.baton.server.http.Patience;
import dev.baton.server.memory.Account;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.net.NetServerOptions;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts connections from the moment when they are accepted: Vert.x tells of one only when its
 * first bytes have shown which HTTP it speaks. Thread-safe.
 */
final class Gate {

  private final int most;
  private final int mostOfAddress;
  private final Patience.Limits patience;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentMap<String, Integer> byAddress = new ConcurrentHashMap<>();
  private final AcceptFailures failures = new AcceptFailures(System::nanoTime);

  /**
   * @param most how many of {@code server.max_connections} there may be
   * @param requests of which heads may take a quarter more
   */
  Gate(ServerConfig.Http config, int most, Account requests) {
    this.most = most;
    this.mostOfAddress = mostOfAddress(config, most);
    this.patience =
        new Patience.Limits(
            config.headerTimeout(), config.bodyTimeout(), new HeadAccount(requests.limit() / 4));
  }

  /** Where one address may have them all, it still may; else it leaves a quarter to others. */
  static int mostOfAddress(ServerConfig.Http config, int most) {
    return config.maxConnectionsPerAddress() >= config.maxConnections()
        ? most
        : Math.min(config.maxConnectionsPerAddress(), most - most / 4);
  }

  /** Where the heads of requests find room. */
  HeadAccount heads() {
    return patience.heads();
  }

  int connectionCount() {
    return all.get();
  }

  /** The transport, with this gate before every port. */
  DelegatingTransport before(io.vertx.core.spi.transport.Transport transport) {
    return new DelegatingTransport(transport) {
      @Override
      public void configure(NetServerOptions options, boolean isDomain, ServerBootstrap bootstrap) {
        super.configure(options, isDomain, bootstrap);
        bootstrap.handler(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelActive(ChannelHandlerContext context) {
                // Behind what Netty has added, which lets a port that fails rest for a second.
                context.pipeline().addLast(failures);
                context.fireChannelActive();
              }

              @Override
              public void channelRead(ChannelHandlerContext context, Object accepted) {
                if (accepted instanceof Channel connection && !admit(connection)) {
                  connection.unsafe().closeForcibly();
                } else {
                  context.fireChannelRead(accepted);
                }
              }
            });
      }
    };
  }

  private boolean admit(Channel connection) {
    String address = Addresses.networkOf(connection);
    int count = all.incrementAndGet();
    int ofAddress = byAddress.merge(address, 1, Integer::sum);
    if (count > most || ofAddress > mostOfAddress) {
      leave(address);
      return false;
    }
    connection.closeFuture().addListener(_ -> leave(address));
    Patience.watch(connection, patience);
    return true;
  }

  private void leave(String address) {
    all.decrementAndGet();
    byAddress.computeIfPresent(address, (_, count) -> count == 1 ? null : count - 1);
  }
}
