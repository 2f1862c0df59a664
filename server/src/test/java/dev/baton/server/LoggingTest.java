package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.junit.jupiter.api.Test;

class LoggingTest {

  @Test
  void aLineBreakInWhatAClientSaysStartsNoNewLine() {
    LoggerContext context = new LoggerContext();
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    layout.setPattern(Logging.PATTERN);
    layout.start();
    String text =
        layout.doLayout(
            new LoggingEvent(
                "",
                context.getLogger("x.Y"),
                Level.INFO,
                "Worker {} left",
                null,
                new Object[] {"a\r\nINFO forged"}));
    assertThat(text).endsWith("INFO  Y: Worker a INFO forged left" + System.lineSeparator());
    assertThat(text.lines()).hasSize(1);
  }
}
