package dev.baton.core;

import java.util.Comparator;

/** Ids in the order of their UTF-8 bytes, as databases sort them. */
public final class IdOrder implements Comparator<String> {

  public static final IdOrder INSTANCE = new IdOrder();

  private IdOrder() {}

  @Override
  public int compare(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char left = a.charAt(i);
      char right = b.charAt(i);
      if (left != right) {
        // Surrogates stand for characters beyond all others, though their numbers are lower.
        boolean leftBeyond = Character.isSurrogate(left);
        boolean rightBeyond = Character.isSurrogate(right);
        return leftBeyond == rightBeyond ? left - right : leftBeyond ? 1 : -1;
      }
    }
    return a.length() - b.length();
  }
}
