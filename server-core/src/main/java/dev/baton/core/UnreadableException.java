package dev.baton.core;

/**
 * Something is stored under an id and cannot be read. Whoever names it is told so; nobody else is
 * to suffer from it.
 */
public final class UnreadableException extends RuntimeException {

  private static final int MOST_SHOWN = 200;

  /**
   * Says what cannot be read.
   *
   * @param what what kind of thing it is
   * @param reason what is wrong with it
   */
  public UnreadableException(String what, String id, String reason) {
    super(what + " " + shortened(id) + " cannot be read from the store: " + shortened(reason));
  }

  private static String shortened(String text) {
    return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "...";
  }
}
