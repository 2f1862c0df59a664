package dev.baton.server;

import ch.qos.logback.classic.spi.ILoggingEvent;
import org.slf4j.helpers.MessageFormatter;

/**
 * What is logged, with what others chose shortened: ids, pids and the names of groups have up to
 * thousands of characters, parameters millions, and who connects again and again is told of each
 * time.
 */
final class LogText {

  /** Longer than names that somebody reads. */
  private static final int MOST_OF_ARGUMENT = 300;

  /** Messages of exceptions say more, and quote. */
  private static final int MOST_OF_EXCEPTION = 1_000;

  private LogText() {}

  /** The message of an event. What the format says itself is ours, and stays whole. */
  static String of(ILoggingEvent event) {
    Object[] given = event.getArgumentArray();
    if (given == null) {
      return String.valueOf(event.getMessage());
    }
    Object[] arguments = new Object[given.length];
    for (int i = 0; i < given.length; i++) {
      arguments[i] = shortened(String.valueOf(given[i]), MOST_OF_ARGUMENT);
    }
    return MessageFormatter.arrayFormat(event.getMessage(), arguments, null).getMessage();
  }

  /** The message of an exception. */
  static String ofException(String text) {
    return shortened(text, MOST_OF_EXCEPTION);
  }

  /** With its end: there names differ, and messages say why. */
  private static String shortened(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int begin = most * 2 / 3;
    int end = text.length() - most / 3;
    if (Character.isHighSurrogate(text.charAt(begin - 1))) {
      begin--;
    }
    if (Character.isLowSurrogate(text.charAt(end))) {
      end++;
    }
    return text.substring(0, begin) + "…(" + (end - begin) + " more)…" + text.substring(end);
  }
}
