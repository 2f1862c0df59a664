package dev.baton.operator;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jspecify.annotations.Nullable;

/**
 * Keeps log messages on one line of visible characters: they quote what servers, and so workers and
 * clients, call themselves. That Kubernetes refuses something is such a line, too: where it was
 * asked says nothing to who gives rights.
 */
@LoggingFilter(name = "printable")
public final class PrintableLines implements Filter {

  private static final int CAUSES_MAX = 8;

  private static final ExtFormatter TEXT =
      new ExtFormatter() {
        @Override
        public String format(ExtLogRecord extended) {
          return formatMessage(extended);
        }
      };

  @Override
  public boolean isLoggable(LogRecord record) {
    if (record instanceof ExtLogRecord extended) {
      String refusal = refusal(extended.getThrown());
      if (refusal != null) {
        extended.setMessage(TEXT.format(extended) + ": " + refusal, FormatStyle.NO_FORMAT);
        extended.setParameters(new Object[0]);
        extended.setThrown(null);
      }
      String message = TEXT.format(extended);
      if (message != null && message.codePoints().anyMatch(PrintableLines::isHidden)) {
        StringBuilder shown = new StringBuilder(message.length() + 16);
        message.codePoints().forEach(c -> append(shown, c));
        extended.setParameters(new Object[0]);
        extended.setMessage(shown.toString(), FormatStyle.NO_FORMAT);
      }
    }
    return true;
  }

  /** What Kubernetes said, if it is a matter of rights. */
  private static @Nullable String refusal(@Nullable Throwable thrown) {
    Throwable cause = thrown;
    for (int i = 0; cause != null && i < CAUSES_MAX; i++) {
      if (cause instanceof KubernetesClientException e
          && (e.getCode() == 401 || e.getCode() == 403)) {
        String told = e.getStatus() == null ? null : e.getStatus().getMessage();
        return told != null ? told : e.getMessage();
      }
      cause = cause.getCause();
    }
    return null;
  }

  private static boolean isHidden(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  private static void append(StringBuilder shown, int c) {
    if (isHidden(c)) {
      for (char unit : Character.toChars(c)) {
        shown.append("\\u%04x".formatted((int) unit));
      }
    } else {
      shown.appendCodePoint(c);
    }
  }
}
