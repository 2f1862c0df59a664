package dev.baton.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.client.Outcome.Failed;
import dev.baton.client.Outcome.Succeeded;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputTest {
  private static final Call FIRST = new Call("r-1", 3);
  private static final Call SECOND = new Call("r-2", 5);
  private static final Outcome DONE =
      new Succeeded(FIRST, new Computed("r-1", 3, "w1", 2, 1000, 4000), 3500);
  private static final Outcome FAILED = new Failed(SECOND, "no \"luck\"");

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void textHasALineForEachEventAndTablesAfterAnEmptyLine() {
    assertThat(tellTo(new TextOutput(out)))
        .startsWith(
            """
            run r: 2 calls to poll://any@g at http://s (seed 7)
              dispatched r-1 cost 3
              1/2 r-1 done by w1, attempt 2, after 3.50 s
              2/2 r-2 FAILED: no "luck"

            CALL\
            """);
  }

  @Test
  void jsonHasAnObjectForEachEvent() {
    assertThat(tellTo(new JsonOutput(out)).lines())
        .containsExactly(
            "{\"event\":\"started\",\"run\":\"r\",\"url\":\"http://s\",\"target\":\"poll://any@g\",\"calls\":2,\"seed\":7}",
            "{\"event\":\"dispatched\",\"call\":\"r-1\",\"cost\":3}",
            "{\"event\":\"succeeded\",\"call\":\"r-1\",\"cost\":3,\"worker\":\"w1\",\"attempt\":2,\"startedAt\":1000,\"endedAt\":4000,\"sinceDispatchMs\":3500,\"waitedMs\":500}",
            "{\"event\":\"failed\",\"call\":\"r-2\",\"cost\":5,\"reason\":\"no \\\"luck\\\"\"}",
            "{\"event\":\"summary\",\"succeeded\":1,\"failed\":1}");
  }

  private String tellTo(Output output) {
    var calls = List.of(FIRST, SECOND);
    output.started(new Run("r", "http://s", "poll://any@g", calls, 7, Duration.ofSeconds(1)));
    output.dispatched(FIRST);
    output.ended(DONE, 1, 2);
    output.ended(FAILED, 2, 2);
    output.summary(List.of(DONE, FAILED));
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
