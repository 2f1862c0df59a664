package dev.baton.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  @Test
  void aWorkerHasOneSlotUnlessToldOtherwise() {
    assertThat(Main.settings(Map.of()).slots()).isEqualTo(1);
    assertThat(Main.settings(Map.of("RESONATE_SLOTS", "")).slots()).isEqualTo(1);
    assertThat(Main.settings(Map.of("RESONATE_SLOTS", "4")).slots()).isEqualTo(4);
    assertThat(Main.settings(Map.of("RESONATE_SLOTS", "0")).slots()).isEqualTo(0);
  }

  @Test
  void aUnitOfCostIsASecondUnlessToldOtherwise() {
    assertThat(Main.costUnit(Map.of())).isEqualTo(Duration.ofSeconds(1));
    assertThat(Main.costUnit(Map.of("COST_UNIT_MS", "50"))).isEqualTo(Duration.ofMillis(50));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "fast", ""})
  void aUnitThatIsNoDurationIsRefusedByName(String value) {
    assertThatThrownBy(() -> Main.costUnit(Map.of("COST_UNIT_MS", value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("COST_UNIT_MS")
        .hasMessageContaining("'" + value + "'");
  }
}
