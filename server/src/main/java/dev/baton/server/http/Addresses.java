package dev.baton.server.http;

import dev.baton.server.config.ClientNetwork;
import io.netty.channel.Channel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Where connections come from. */
public final class Addresses {

  private Addresses() {}

  /** The address of the peer, without its port. */
  public static String of(HttpServerRequest request) {
    return text(request.remoteAddress());
  }

  /** The address of the peer, without its port. */
  public static String of(HttpConnection connection) {
    return text(connection.remoteAddress());
  }

  /** The address of the peer, without its port. */
  public static String of(Channel connection) {
    return connection.remoteAddress() instanceof InetSocketAddress peer && peer.getAddress() != null
        ? peer.getAddress().getHostAddress()
        : "";
  }

  /** What the peer counts as where addresses have a share. */
  public static String networkOf(HttpServerRequest request) {
    return ClientNetwork.of(of(request));
  }

  /** The same. */
  public static String networkOf(Channel connection) {
    return connection.remoteAddress() instanceof InetSocketAddress peer && peer.getAddress() != null
        ? ClientNetwork.of(peer.getAddress())
        : "";
  }

  private static String text(@Nullable SocketAddress peer) {
    String address = peer == null ? null : peer.hostAddress();
    return address == null ? "" : address;
  }
}
