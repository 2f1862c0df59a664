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
  private final long lostMsAgo;

  /**
   * @param clientAddress where the client came from, as the replica saw it
   * @param lostMsAgo how long ago an owner to which the replica had sent it was lost; negative if
   *     none
   */
  public RelayedRequest(HttpServerRequest request, String clientAddress, long lostMsAgo) {
    super((HttpServerRequestInternal) request);
    this.lostMsAgo = lostMsAgo;
    this.client =
        SocketAddress.inetSocketAddress(1, clientAddress.isEmpty() ? "0.0.0.0" : clientAddress);
  }

  @Override
  public SocketAddress remoteAddress() {
    return client;
  }

  /** How long ago an owner was lost that may have done it, milliseconds; negative if none was. */
  long lostMsAgo() {
    return lostMsAgo;
  }

  /** Whether what ended its answer is that its client left, and not that the replica did. */
  public static boolean isClientGone(Throwable cause) {
    return cause instanceof StreamResetException reset && reset.getCode() == CLIENT_LEFT;
  }
}
