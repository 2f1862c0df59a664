package dev.baton.server.calls;

/** Somebody who waits for an answer and is told one, once, on any thread, but one at a time. */
interface Asker {

  /** What it has a share of the readers as. */
  String address();

  /** Whether there is room for so many bytes of rows or answer; if not, it has been refused. */
  boolean hasRoomFor(long bytes);

  /** Tells what was asked for, if there is room; nobody changes the bytes any more. */
  void answer(byte[] json);

  /** Refuses with a sentence. */
  void refuse(int status, String text);

  /** There is no room for the answer. */
  void full();

  /** Too many searches wait. */
  void busy();

  /** The server stops. */
  void stopping();
}
