package dev.baton.server.http;

import java.util.Iterator;
import java.util.Map;

/**
 * The room that the head of a request takes while the request is open, and what is kept of it. What
 * most take is let in always: there is one for each connection, or stream of HTTP/2, and these are
 * bounded. Lives on the connection's event loop.
 */
final class HeadRoom {

  private final HeadAccount.Share account;

  /** What the headers take, until they are forgotten. */
  private long ofHeaders;

  /** What all else takes. */
  private long ofRest;

  /** What of it is on the account. */
  private long reserved;

  HeadRoom(HeadAccount.Share account) {
    this.account = account;
  }

  /** Takes room for a head that has just come, or none and answers false. */
  <T extends CharSequence> boolean tryTake(String uri, Iterator<Map.Entry<T, T>> headers) {
    return tryTake(HeadSize.ofLine(uri), HeadSize.ofHeaders(headers));
  }

  /** Takes so much more for what is made of the head, or nothing and answers false. */
  boolean tryTake(long bytes) {
    return tryTake(bytes, 0);
  }

  private boolean tryTake(long more, long moreOfHeaders) {
    long needed = toReserve(ofRest + more + ofHeaders + moreOfHeaders);
    if (needed > reserved && !account.tryReserve(needed - reserved)) {
      return false;
    }
    ofRest += more;
    ofHeaders += moreOfHeaders;
    reserved = Math.max(needed, reserved);
    return true;
  }

  /** The headers are kept no longer. */
  void forgetHeaders() {
    ofHeaders = 0;
    long needed = toReserve(ofRest);
    account.release(reserved - needed);
    reserved = needed;
  }

  private static long toReserve(long bytes) {
    return Math.max(0, bytes - HeadSize.SMALL);
  }

  /** Gives all back. */
  void release() {
    if (reserved > 0) {
      account.release(reserved);
    }
    ofHeaders = 0;
    ofRest = 0;
    reserved = 0;
  }
}
