package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AcceptTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/event-stream",
        "application/json, text/event-stream",
        "text/event-stream;charset=utf-8",
        "text/event-stream; q=0.5, */*;q=0",
        "text/event-stream;q=0.001",
        "text/event-stream;q=1"
      })
  void eventsAreTakenByWhoNamesThem(String header) {
    assertThat(Accept.namesEvents(header)).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {
        "",
        ",;,",
        "*/*",
        "application/json",
        "text/event-stream;q=0",
        "application/json, text/event-stream; charset=utf-8; Q=0.000",
        "x-text/event-stream",
        "text/event-streams"
      })
  void othersGetALookAtOneMoment(String header) {
    assertThat(Accept.namesEvents(header)).isFalse();
  }
}
