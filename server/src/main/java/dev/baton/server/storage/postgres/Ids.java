package dev.baton.server.storage.postgres;

/** What a text column and its index can hold. */
final class Ids {

  private Ids() {}

  /** Whether there can be a row with that id; if not, the database cannot even be asked. */
  static boolean mayBeThere(String id) {
    return id.length() <= PostgresStorage.MOST_ID_BYTES && id.indexOf('\0') < 0;
  }

  /**
   * A text that has the same ids behind it as another, which may hold anything: no id holds what a
   * text column cannot hold.
   */
  static String bound(String text) {
    int nul = text.indexOf('\0');
    return nul < 0 ? text : text.substring(0, nul);
  }
}
