package dev.baton.server.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitsTest {

  private final Waits waits = new Waits();

  @Test
  void nothingIsKnownBeforeATask() {
    assertThat(waits.p95Seconds()).isNull();
  }

  @Test
  void oneIsWhatItIs() {
    waits.add(1500);
    assertThat(waits.p95Seconds()).isEqualTo(1.5);
  }

  @Test
  void fiveOfAHundredMayHaveWaitedLonger() {
    for (int i = 1; i <= 20; i++) {
      waits.add(i == 7 ? 90_000 : 1000);
    }
    assertThat(waits.p95Seconds()).isEqualTo(1);
    waits.add(80_000);
    assertThat(waits.p95Seconds()).isEqualTo(80);
  }

  @Test
  void theLatestCount() {
    for (int i = 0; i < 64; i++) {
      waits.add(60_000);
    }
    for (int i = 0; i < 64; i++) {
      waits.add(-5); // the clock was set
    }
    assertThat(waits.p95Seconds()).isZero();
  }
}
