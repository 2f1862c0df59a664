package dev.baton.server.cluster;

import dev.baton.server.http.RelayedRequest;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a replica writes in front of what it passes on. It counts on the wire's port only, and from
 * who knows the secret; a client's headers of these names are never passed on.
 */
final class WireHeaders {

  /** The first version; a newer one may add headers that an older server ignores. */
  static final String VERSION = "1";

  private static final CharSequence VERSION_NAME = HttpHeaders.createOptimized("baton-wire");
  private static final CharSequence SECRET = HttpHeaders.createOptimized("baton-cluster-secret");
  private static final CharSequence EPOCH = HttpHeaders.createOptimized("baton-epoch");
  private static final CharSequence CLIENT = HttpHeaders.createOptimized("baton-client-address");

  private static final CharSequence REPEAT = HttpHeaders.createOptimized("baton-repeat");

  private static final CharSequence REPLICA = HttpHeaders.createOptimized("baton-replica");

  private static final String OURS = "baton-";

  /** Of one connection (RFC 9113, section 8.2.2), or about where the client came from. */
  private static final Set<String> NOT_PASSED_ON =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "transfer-encoding",
          "upgrade",
          "http2-settings",
          "te",
          "expect",
          "host",
          "origin",
          "content-length");

  private final String secret;
  private final byte[] secretBytes;
  private final String replica = UUID.randomUUID().toString();

  WireHeaders(String secret) {
    this.secret = secret;
    this.secretBytes = secret.getBytes(StandardCharsets.UTF_8);
  }

  /** Writes that of one client's request. */
  void write(MultiMap headers, String clientAddress) {
    headers.set(VERSION_NAME, VERSION).set(SECRET, secret).set(CLIENT, clientAddress);
  }

  /** What this server is called by those that it follows; another at each start. */
  String replica() {
    return replica;
  }

  /** Writes which server asks for a sign of life. */
  void writeReplica(MultiMap headers) {
    headers.set(REPLICA, replica);
  }

  /**
   * Which server asks for a sign of life; null if it does not say: it may be an earlier version.
   */
  static @Nullable String replicaOf(HttpServerRequest request) {
    return request.getHeader(REPLICA);
  }

  /** Writes which owner a request is meant for. */
  static void write(MultiMap headers, Owner owner) {
    headers.set(EPOCH, Long.toString(owner.epoch()));
  }

  /**
   * Writes that an owner has got the request before, which was lost. An owner that does not know
   * the header refuses what that has done.
   */
  static void writeRepeat(MultiMap headers, long lostMsAgo) {
    headers.set(REPEAT, Long.toString(lostMsAgo));
  }

  private static long lostMsAgo(HttpServerRequest request) {
    String ago = request.getHeader(REPEAT);
    try {
      return ago == null ? -1 : Long.parseLong(ago);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /**
   * Whether it was meant for an earlier owner, and has lain unread since: whoever sent it has sent
   * it again long ago, and may have been answered. A server that does not know the header says
   * nothing about that.
   */
  static boolean isOfEarlierOwner(HttpServerRequest request, Owner owner) {
    String epoch = request.getHeader(EPOCH);
    if (epoch == null) {
      return false;
    }
    try {
      return Long.parseLong(epoch) < owner.epoch();
    } catch (NumberFormatException e) {
      return true;
    }
  }

  /** Whether it is meant for the owner of that epoch. */
  static boolean isOfEpoch(HttpServerRequest request, long epoch) {
    return Long.toString(epoch).equals(request.getHeader(EPOCH));
  }

  /** Copies what a client's request says for the server that answers it. */
  static void copy(MultiMap from, MultiMap to) {
    from.forEach((name, value) -> {
      String small = name.toLowerCase(java.util.Locale.ROOT);
      if (!NOT_PASSED_ON.contains(small) && !small.startsWith(OURS) && !small.startsWith(":")) {
        to.add(small, value);
      }
    });
  }

  /** Whether it comes from a replica. */
  boolean isOfReplica(HttpServerRequest request) {
    String given = request.getHeader(SECRET);
    return given != null
        && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), secretBytes);
  }

  /** Whether this server understands what the replica speaks. */
  static boolean isKnownVersion(HttpServerRequest request) {
    return VERSION.equals(request.getHeader(VERSION_NAME));
  }

  /** The request as if its client had connected to this server. */
  static RelayedRequest unwrap(HttpServerRequest request) {
    String address = request.getHeader(CLIENT);
    return new RelayedRequest(request, address == null ? "" : address, lostMsAgo(request));
  }
}
