package dev.baton.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplesTest {

  @Test
  void quantilesAreNearestRanks() {
    Samples samples = new Samples();
    for (int ms = 100; ms >= 1; ms--) {
      samples.add(ms * 1_000_000L);
    }
    assertThat(samples.ms(0.5)).isEqualTo(50);
    assertThat(samples.ms(0.99)).isEqualTo(99);
    assertThat(samples.maxMs()).isEqualTo(100);
    assertThat(samples.meanMs()).isEqualTo(50.5);
  }

  @Test
  void nothingIsKnownOfNoSamples() {
    assertThat(new Samples().ms(0.5)).isNaN();
  }
}
