package dev.baton.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.protocol.History;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Value;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file of a recorded call: what is written is read, and what is none is said to be none. */
class HistoryJsonTest {

  private static PromiseRecord promise(String id) {
    return new PromiseRecord(
        id,
        PromiseRecord.State.RESOLVED,
        new Value(Map.of("h", "ü"), "cGFyYW0="),
        Value.ofData("dmFsdWU="),
        Map.of("resonate:origin", "a"),
        3,
        1,
        2L);
  }

  @Test
  void whatIsWrittenIsRead() {
    var history = new History("a", 7, List.of(promise("a"), promise("a.1")));

    byte[] file = HistoryJson.write(history);

    assertThat(HistoryJson.read(file)).isEqualTo(history);
    assertThat(new String(file, UTF_8).lines()).hasSize(4);
  }

  @Test
  void membersOfLaterProgramsAreIgnored() {
    String text = new String(HistoryJson.write(new History("a", 7, List.of(promise("a")))), UTF_8);

    var read =
        HistoryJson.read(text.replace("{\"format\"", "{\"new\":[1],\"format\"").getBytes(UTF_8));

    assertThat(read.root()).isEqualTo("a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                            | it is not a JSON object
          {                                             | it is no recorded history
          {}                                            | missing field `format`
          {"format":"other","version":1}                | `format` is other, not baton-history
          {"format":"baton-history","version":2}        | its version is 2, and this program reads version 1
          {"format":"baton-history","version":1}        | missing field `root`
          """)
  void whatIsNoneIsSaidToBeNone(String file, String problem) {
    assertThatThrownBy(() -> HistoryJson.read(file.getBytes(UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void aHistoryBeginsWithItsRootAndHasEachPromiseOnce() {
    assertThatThrownBy(() -> new History("a", 7, List.of(promise("b"))))
        .hasMessage("the first promise must be that of the root a");
    assertThatThrownBy(() -> new History("a", 7, List.of(promise("a"), promise("a"))))
        .hasMessage("promise a is there twice");
    var many =
        IntStream.rangeClosed(0, History.MOST_PROMISES)
            .mapToObj(i -> promise(i == 0 ? "a" : "a." + i))
            .toList();
    assertThatThrownBy(() -> new History("a", 7, many))
        .hasMessage("a history has at most 10000 promises, and that of a has 10001");
  }
}
