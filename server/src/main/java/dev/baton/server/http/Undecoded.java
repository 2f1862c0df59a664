package dev.baton.server.http;

/**
 * The room for what a connection of HTTP/1 has sent and the decoder keeps, because what it belongs
 * to has not come to its end: a head, or the trailers of a body. What little of a head one read may
 * bring, and another the rest, is let in always. Lives on the connection's event loop.
 */
final class Undecoded {

  private final HeadAccount.Share heads;

  /** What the decoder keeps. */
  private long kept;

  /** What it kept before the piece that is being decoded. */
  private long before;

  /** What is held of that. */
  private long held;

  /** Whether the decoder has told of something since that piece came. */
  private boolean hasTold;

  /** How many bytes of bodies that was. */
  private int told;

  Undecoded(HeadAccount.Share heads) {
    this.heads = heads;
  }

  /**
   * Takes room for a piece that is about to be decoded, or none and answers false. Half-sent heads
   * have room before that: a busy event loop closes late, so those who are refused after it would
   * still have their headers. Whole ones are looked at one at a time.
   */
  boolean tryTake(Piece piece) {
    before = kept;
    hasTold = false;
    told = 0;
    return piece.end() != Piece.End.HALF_SENT || tryHold(before + piece.size());
  }

  /** The decoder tells of a part of a request, in which there are so many bytes of its body. */
  void tells(int ofBody) {
    hasTold = true;
    told += ofBody;
  }

  /**
   * A piece has been decoded; answers whether there is room for what the decoder keeps of it.
   *
   * @param isOver whether the last that it has told of was the end of a request
   */
  boolean tryKeep(Piece piece, boolean isOver) {
    return tryHold(hasTold ? piece.left(told, isOver) : before + piece.size());
  }

  /** Whether the decoder keeps anything. */
  boolean isAny() {
    return kept > 0;
  }

  private boolean tryHold(long bytes) {
    long needed = Math.max(0, bytes - HeadSize.SMALL);
    if (needed > held && !heads.tryReserve(needed - held)) {
      return false;
    }
    if (needed < held) {
      heads.release(held - needed);
    }
    kept = bytes;
    held = needed;
    return true;
  }

  /** Gives all back. */
  void release() {
    tryHold(0);
  }
}
