package dev.baton.core;

/** The ids of the promises that a schedule makes (protocol section 10.5). */
public final class PromiseIdTemplate {

  /** No id is longer than this, whatever the server's limits are. */
  public static final int MOST_CHARACTERS = 1 << 20;

  private static final String ID = "{{.id}}";
  private static final String TIMESTAMP = "{{.timestamp}}";

  /** The digits of the last instant. */
  private static final int LONGEST_TIMESTAMP = Long.toString(Long.MAX_VALUE).length();

  private PromiseIdTemplate() {}

  /**
   * With the schedule's id in its place; the instant is still open. A template may ask for the id
   * any number of times: what goes beyond {@link #MOST_CHARACTERS} is cut off right after them.
   */
  public static String fill(String template, String scheduleId) {
    int at = template.indexOf(ID);
    if (at < 0) {
      return template;
    }
    StringBuilder filled = new StringBuilder();
    int from = 0;
    for (; at >= 0 && filled.length() <= MOST_CHARACTERS; at = template.indexOf(ID, from)) {
      filled.append(template, from, at).append(scheduleId);
      from = at + ID.length();
    }
    filled.append(template, from, template.length());
    filled.setLength(Math.min(filled.length(), MOST_CHARACTERS + 1));
    return filled.toString();
  }

  /** The id of an occurrence. */
  static String fill(String template, String scheduleId, long at) {
    return fill(template, scheduleId).replace(TIMESTAMP, Long.toString(at));
  }

  /** How many characters an id can have that is made of a filled template. */
  public static long longest(String filled) {
    long length = filled.length();
    for (int at = filled.indexOf(TIMESTAMP);
        at >= 0;
        at = filled.indexOf(TIMESTAMP, at + TIMESTAMP.length())) {
      length += LONGEST_TIMESTAMP - TIMESTAMP.length();
    }
    return length;
  }
}
