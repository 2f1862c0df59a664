package dev.baton.server.http;

import java.util.Iterator;
import java.util.Map;

/**
 * The room that the head of a request takes while the request is open, and what is kept of it. Of
 * HTTP/1 what most take is let in always: there is one for each connection, and these are bounded.
 * Lives on the connection's event loop.
 */
final class HeadRoom {

  /** A stream of HTTP/2 with its request and its answer, but for their headers. */
  private static final long BYTES_OF_A_STREAM = 4_096;

  private final HeadAccount.Share account;

  /** What is held even for no head; what is let in always if it is less than nothing. */
  private long beside;

  /** What the headers take, until they are forgotten. */
  private long ofHeaders;

  /** What all else takes. */
  private long ofRest;

  /** What of it is on the account. */
  private long reserved;

  /** Of a request on a connection of HTTP/1. */
  HeadRoom(HeadAccount.Share account) {
    this(account, -HeadSize.SMALL);
  }

  private HeadRoom(HeadAccount.Share account, long beside) {
    this.account = account;
    this.beside = beside;
  }

  /** Of one on a stream, of which a connection has many. */
  static HeadRoom ofStream(HeadAccount.Share account) {
    return new HeadRoom(account, BYTES_OF_A_STREAM);
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

  /** The headers are kept no longer. How many streams stay open for long is bounded elsewhere. */
  void forgetHeaders() {
    ofHeaders = 0;
    beside = Math.min(beside, 0);
    long needed = toReserve(ofRest);
    account.release(reserved - needed);
    reserved = needed;
  }

  private long toReserve(long bytes) {
    return Math.max(0, bytes + beside);
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
