package dev.baton.bench.load;

import java.io.IOException;
import java.util.Arrays;

/** Reads the answer to a poll request: head, chunks and events, in whatever pieces they come. */
final class EventReader {

  /** Hears what comes. */
  interface Messages {
    /** The head of the answer has come. */
    void connected();

    /** A task is offered. */
    void execute(int number, long version);

    /** A promise has settled. */
    void unblock(int number);
  }

  private enum At {
    HEAD,
    SIZE,
    DATA,
    AFTER_DATA
  }

  private static final byte[] HEAD_END = Scan.ascii("\r\n\r\n");
  private static final byte[] CHUNKED = Scan.ascii("transfer-encoding");
  private static final byte[] EXECUTE = Scan.ascii("\"execute\"");
  private static final byte[] UNBLOCK = Scan.ascii("\"unblock\"");
  private static final byte[] TASK = Scan.ascii("\"task\"");
  private static final byte[] PROMISE = Scan.ascii("\"promise\"");
  private static final byte[] ID = Scan.ascii("\"id\"");
  private static final byte[] VERSION = Scan.ascii("\"version\"");

  private final Messages messages;
  private At at = At.HEAD;
  private boolean isChunked;
  private int chunkLeft;
  private byte[] held = new byte[0];
  private int heldLength;

  EventReader(Messages messages) {
    this.messages = messages;
  }

  /**
   * Takes the next bytes.
   *
   * @throws IOException if the request was refused
   */
  void received(byte[] bytes, int from, int to) throws IOException {
    if (at == At.HEAD) {
      hold(bytes, from, to);
      int end = Scan.indexOf(held, 0, heldLength, HEAD_END);
      if (end >= 0) {
        head(end);
      }
      return;
    }
    body(bytes, from, to);
  }

  private void head(int end) throws IOException {
    if (held[9] != '2') {
      throw new IOException("refused with status " + Scan.number(held, 9, end));
    }
    isChunked = Scan.headerAt(held, 0, end, CHUNKED) >= 0;
    at = isChunked ? At.SIZE : At.DATA;
    chunkLeft = isChunked ? 0 : Integer.MAX_VALUE;
    byte[] first = Arrays.copyOfRange(held, end + HEAD_END.length, heldLength);
    held = new byte[0]; // Thousands of streams are open, and most are quiet.
    heldLength = 0;
    messages.connected();
    body(first, 0, first.length);
  }

  private void body(byte[] bytes, int from, int to) {
    int position = from;
    while (position < to) {
      switch (at) {
        case SIZE -> {
          byte digit = bytes[position++];
          if (digit == '\n') {
            at = At.DATA;
          } else if (digit != '\r') {
            chunkLeft = chunkLeft << 4 | Character.digit(digit, 16);
          }
        }
        case DATA -> {
          int count = Math.min(chunkLeft, to - position);
          data(bytes, position, position + count);
          position += count;
          if (isChunked) {
            chunkLeft -= count;
            at = chunkLeft == 0 ? At.AFTER_DATA : At.DATA;
          }
        }
        case AFTER_DATA -> {
          if (bytes[position++] == '\n') {
            at = At.SIZE;
          }
        }
        case HEAD -> throw new IllegalStateException("the head has been read");
      }
    }
  }

  private void data(byte[] bytes, int from, int to) {
    int start = from;
    for (int i = from; i < to; i++) {
      boolean isSecondBreak = i > start ? bytes[i - 1] == '\n' : endsWithBreak();
      if (bytes[i] == '\n' && isSecondBreak) {
        if (heldLength == 0) {
          event(bytes, start, i);
        } else {
          hold(bytes, start, i);
          event(held, 0, heldLength);
          heldLength = 0;
        }
        start = i + 1;
      }
    }
    if (start < to) {
      hold(bytes, start, to);
    }
  }

  private boolean endsWithBreak() {
    return heldLength > 0 && held[heldLength - 1] == '\n';
  }

  private void hold(byte[] bytes, int from, int to) {
    int length = heldLength + to - from;
    if (held.length < length) {
      held = Arrays.copyOf(held, Math.max(256, length));
    }
    System.arraycopy(bytes, from, held, heldLength, to - from);
    heldLength = length;
  }

  private void event(byte[] bytes, int from, int to) {
    if (Scan.contains(bytes, from, to, EXECUTE)) {
      int task = Scan.indexOf(bytes, from, to, TASK);
      int version = Scan.indexOf(bytes, task, to, VERSION);
      messages.execute(id(bytes, task, to), Scan.number(bytes, version + VERSION.length, to));
    } else if (Scan.contains(bytes, from, to, UNBLOCK)) {
      messages.unblock(id(bytes, Scan.indexOf(bytes, from, to, PROMISE), to));
    }
  }

  private static int id(byte[] bytes, int from, int to) {
    int text = Scan.textOf(bytes, from, to, ID);
    return Ids.read(bytes, Scan.endOfText(bytes, text, to));
  }
}
