package dev.baton.core;

/** The ids of the promises that a schedule makes (protocol section 10.5). */
public final class PromiseIdTemplate {

  private static final String ID = "{{.id}}";
  private static final String TIMESTAMP = "{{.timestamp}}";

  /** The digits of the last instant. */
  private static final int LONGEST_TIMESTAMP = Long.toString(Long.MAX_VALUE).length();

  private PromiseIdTemplate() {}

  /** With the schedule's id in its place; the instant is still open. */
  public static String fill(String template, String scheduleId) {
    return template.replace(ID, scheduleId);
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
