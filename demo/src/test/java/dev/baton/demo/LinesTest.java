package dev.baton.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinesTest {

  @Test
  void aWorkersLineTellsWhoDidWhat() {
    assertThat(
            WorkerEvent.parse("2026-11-24T18:42:37.123Z worker-1 started demo-4 cost 9 attempt 2"))
        .contains(new WorkerEvent("worker-1", "started", "demo-4", 9, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "INFO connected", "x worker-1 slept demo-4 cost 9 attempt 1"})
  void otherLinesTellNothing(String line) {
    assertThat(WorkerEvent.parse(line)).isEmpty();
  }
}
