package dev.baton.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
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
  void whatKubernetesRefusesIsOneLine() {
    var record = new ExtLogRecord(Level.ERROR, "no list of %s", FormatStyle.PRINTF, "x");
    record.setParameters(new Object[] {"pods"});
    record.setThrown(
        new IllegalStateException(
            new KubernetesClientException(
                "Failure",
                403,
                new StatusBuilder().withMessage("pods is forbidden: you cannot list").build())));
    assertThat(new PrintableLines().isLoggable(record)).isTrue();
    assertThat(new PatternFormatter("%s%e").format(record))
        .isEqualTo("no list of pods: pods is forbidden: you cannot list");
    var bug = new ExtLogRecord(Level.ERROR, "a bug", "x");
    bug.setThrown(new IllegalStateException("here"));
    assertThat(new PrintableLines().isLoggable(bug)).isTrue();
    assertThat(bug.getThrown()).isNotNull();
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
