package dev.baton.protocol.json;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bytes as they are written. What is large is never copied while it grows, which would come to four
 * times its size; what is small is written into memory that is there. For one thread.
 */
final class Bytes extends OutputStream {

  private static final int FIRST = 1 << 10;
  private static final int SEGMENT = 64 << 10;

  /** Those before the last, each as long as a segment. */
  private final List<byte[]> full = new ArrayList<>();

  private byte[] last = new byte[FIRST];
  private int count;

  /** Begins anew, and keeps one segment at most. */
  void reset() {
    last = full.isEmpty() ? last : full.getFirst();
    full.clear();
    count = 0;
  }

  @Override
  public void write(int b) {
    if (count == last.length) {
      grow();
    }
    last[count++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int from, int length) {
    int at = from;
    int left = length;
    while (left > 0) {
      if (count == last.length) {
        grow();
      }
      int here = Math.min(left, last.length - count);
      System.arraycopy(bytes, at, last, count, here);
      count += here;
      at += here;
      left -= here;
    }
  }

  private void grow() {
    if (last.length < SEGMENT) {
      last = Arrays.copyOf(last, last.length * 2);
    } else {
      full.add(last);
      last = new byte[SEGMENT];
      count = 0;
    }
  }

  byte[] toByteArray() {
    byte[] all = new byte[full.size() * SEGMENT + count];
    int at = 0;
    for (byte[] segment : full) {
      System.arraycopy(segment, 0, all, at, SEGMENT);
      at += SEGMENT;
    }
    System.arraycopy(last, 0, all, at, count);
    return all;
  }
}
