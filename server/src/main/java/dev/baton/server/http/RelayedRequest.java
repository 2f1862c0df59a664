package dev.baton.server.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.http.impl.HttpServerRequestInternal;
import io.vertx.core.http.impl.HttpServerRequestWrapper;
import io.vertx.core.net.SocketAddress;

/** A client's request that another server has passed on. */
public final class RelayedRequest extends HttpServerRequestWrapper {

  /** How a replica ends a stream whose client has left (RFC 9113: CANCEL). */
  public static final long CLIENT_LEFT = 8;

  private final SocketAddress client;

  /**
   * @param clientAddress where the client came from, as the replica saw it
   */
  public RelayedRequest(HttpServerRequest request, String clientAddress) {
    super((HttpServerRequestInternal) request);
    this.client =
        SocketAddress.inetSocketAddress(1, clientAddress.isEmpty() ? "0.0.0.0" : clientAddress);
  }

  @Override
  public SocketAddress remoteAddress() {
    return client;
  }

  /** Whether what ended its answer is that its client left, and not that the replica did. */
  public static boolean isClientGone(Throwable cause) {
    return cause instanceof StreamResetException reset && reset.getCode() == CLIENT_LEFT;
  }
}
