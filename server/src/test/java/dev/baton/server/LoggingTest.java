package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoggingTest {

  private static String logged(@Nullable Throwable thrown, String name) {
    LoggerContext context = new LoggerContext();
    byte[] line =
        Logging.encoder(context)
            .encode(
                new LoggingEvent(
                    "",
                    context.getLogger("x.Y"),
                    Level.INFO,
                    "Worker {} left",
                    thrown,
                    new Object[] {name}));
    return new String(line, StandardCharsets.UTF_8);
  }

  @Test
  void aLineBreakInWhatAClientSaysStartsNoNewLine() {
    String text = logged(null, "a\r\nINFO forged\u2028x\u0085y");
    assertThat(text)
        .endsWith(
            "INFO  Y: Worker a\\r\\nINFO forged\\u2028x\\u0085y left" + System.lineSeparator());
    assertThat(text.lines()).hasSize(1);
  }

  @Test
  void whatATerminalWouldObeyIsShown() {
    assertThat(logged(null, "\u001b[2J\u009b31m\u202eabc"))
        .contains("\\u001b[2J\\u009b31m\\u202eabc");
  }

  @Test
  void whatIsLongIsShortenedAndKeepsItsEnds() {
    String text = logged(null, "begin-" + "x".repeat(4_096) + "-end");
    assertThat(text).contains("Worker begin-xxx", "xxx-end left", "more)…").hasSizeLessThan(450);
    assertThat(logged(null, "x".repeat(300))).contains("x".repeat(300) + " left");
  }

  @Test
  void whatIsLongIsNotCutInTheMiddleOfACharacter() {
    String emoji = Character.toString(0x1F600);
    for (String name : List.of(emoji.repeat(1_000), "x" + emoji.repeat(1_000))) {
      assertThat(logged(null, name)).doesNotContain("\\ud").contains(emoji);
    }
  }

  @Test
  void theMessageOfAnExceptionIsShortenedToo() {
    var cause = new IllegalStateException("y".repeat(100_000));
    String text = logged(new IllegalArgumentException("x".repeat(100_000), cause), "w");
    assertThat(text.lines()).allMatch(line -> line.length() < 1_200);
  }

  @Test
  void lettersOfAnyScriptStay() {
    assertThat(logged(null, "größe 日本")).contains("Worker größe 日本 left");
  }

  @Test
  void theMessagesOfExceptionsAreNoExceptionToThat() {
    var cause = new IllegalStateException("cause\n\tat forged");
    var thrown = new IllegalArgumentException("bad \u001b[31m\n2026 INFO forged", cause);
    thrown.addSuppressed(new IllegalStateException("aside\nforged"));
    String text = logged(thrown, "w");
    assertThat(text)
        .contains("IllegalArgumentException: bad \\u001b[31m\\n2026 INFO forged\n")
        .contains("Caused by: java.lang.IllegalStateException: cause\\n\\tat forged\n")
        .contains("Suppressed: java.lang.IllegalStateException: aside\\nforged\n")
        .contains("\tat dev.baton.server.LoggingTest");
    assertThat(text.lines()).noneMatch(line -> line.startsWith("2026 INFO forged"));
  }
}
