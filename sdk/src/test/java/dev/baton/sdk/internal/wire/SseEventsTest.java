package dev.baton.sdk.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class SseEventsTest {

  private final List<String> comments = new ArrayList<>();
  private final SseEvents events = new SseEvents(comments::add);
  private long asked;

  SseEventsTest() {
    events.onSubscribe(
        new Flow.Subscription() {
          @Override
          public void request(long n) {
            asked += n;
          }

          @Override
          public void cancel() {}
        });
  }

  @Test
  void dataIsReadAndCommentsAndOtherFieldsAreSkipped() throws Exception {
    lines(": ping", "", "event: x", "data: {\"a\":1}", "", "data:no blank", "");
    assertThat(events.next(1)).isEqualTo("{\"a\":1}");
    assertThat(events.next(1)).isEqualTo("no blank");
    assertThat(comments).containsExactly("ping");
  }

  @Test
  void severalDataLinesAreOneEvent() throws Exception {
    lines("data: one", "data: two", "");
    assertThat(events.next(1)).isEqualTo("one\ntwo");
  }

  @Test
  void endIsNull() throws Exception {
    lines("data: cut off");
    events.onError(new IOException("reset"));
    assertThat(events.next(1)).isNull();
  }

  @Test
  void silenceIsAnErrorWhereCommentsHaveBrokenItBefore() {
    lines(": ping");
    assertThatThrownBy(() -> events.next(1)).isInstanceOf(SseEvents.SilentException.class);
  }

  @Test
  void lineIsAskedForWhenTheOneBeforeHasBeenRead() throws Exception {
    assertThat(asked).isEqualTo(1);
    lines("data: a", "");
    events.next(1);
    assertThat(asked).isEqualTo(3);
  }

  private void lines(String... lines) {
    for (String line : lines) {
      events.onNext(line);
    }
  }
}
