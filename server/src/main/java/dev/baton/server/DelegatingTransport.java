package dev.baton.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.ClientOptionsBase;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.spi.transport.Transport;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** A transport that does everything as another does. */
class DelegatingTransport implements Transport {

  private final Transport to;

  DelegatingTransport(Transport to) {
    this.to = to;
  }

  @Override
  public boolean supportsDomainSockets() {
    return to.supportsDomainSockets();
  }

  @Override
  public boolean supportFileRegion() {
    return to.supportFileRegion();
  }

  @Override
  public boolean isAvailable() {
    return to.isAvailable();
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return to.unavailabilityCause();
  }

  @Override
  public java.net.SocketAddress convert(SocketAddress address) {
    return to.convert(address);
  }

  @Override
  public SocketAddress convert(java.net.SocketAddress address) {
    return to.convert(address);
  }

  @Override
  public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory factory, int ioRatio) {
    return to.eventLoopGroup(type, threads, factory, ioRatio);
  }

  @Override
  public DatagramChannel datagramChannel() {
    return to.datagramChannel();
  }

  @Override
  public DatagramChannel datagramChannel(InternetProtocolFamily family) {
    return to.datagramChannel(family);
  }

  @Override
  public ChannelFactory<? extends Channel> channelFactory(boolean isDomain) {
    return to.channelFactory(isDomain);
  }

  @Override
  public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean isDomain) {
    return to.serverChannelFactory(isDomain);
  }

  @Override
  public void configure(DatagramChannel channel, DatagramSocketOptions options) {
    to.configure(channel, options);
  }

  @Override
  public void configure(ClientOptionsBase options, boolean isDomain, Bootstrap bootstrap) {
    to.configure(options, isDomain, bootstrap);
  }

  @Override
  public void configure(NetServerOptions options, boolean isDomain, ServerBootstrap bootstrap) {
    to.configure(options, isDomain, bootstrap);
  }
}
