package dev.baton.operator;

import static org.assertj.core.api.Assertions.assertThat;

import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.ExtLogRecord.FormatStyle;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;

class PrintableLinesTest {

  private static String logged(String format, Object... parameters) {
    var record = new ExtLogRecord(Level.INFO, format, FormatStyle.PRINTF, "x");
    record.setParameters(parameters);
    assertThat(new PrintableLines().isLoggable(record)).isTrue();
    return new PatternFormatter("%s").format(record);
  }

  @Test
  void whatIsQuotedStaysOnItsLineAndIsSeen() {
    assertThat(logged("worker %s left", "a\nforged \u001b[2J\u202e"))
        .isEqualTo("worker a\\u000aforged \\u001b[2J\\u202e left");
    assertThat(logged("worker %s left, %s", "100% \n", "größe"))
        .isEqualTo("worker 100% \\u000a left, größe");
    assertThat(logged("worker %s left", "w1")).isEqualTo("worker w1 left");
  }
}
