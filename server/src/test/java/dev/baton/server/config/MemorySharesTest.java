package dev.baton.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemorySharesTest {

  private static ServerConfig.Memory memory(Key key, String value) {
    return ServerConfig.of(new Layers().set(key, value)).memory();
  }

  @Test
  void aShareIsOfTheHeapAndASizeIsInBytes() {
    long heap = Runtime.getRuntime().maxMemory();
    assertThat(memory(Key.MEMORY_REQUESTS, "10%").requests()).isEqualTo(heap / 100 * 10);
    assertThat(memory(Key.MEMORY_LIVE, "4m").live()).isEqualTo(4 << 20);
    assertThat(memory(Key.MEMORY_ANSWERS, "12k").answers()).isEqualTo(12 << 10);
    assertThat(memory(Key.MEMORY_STREAMS, "5000").streams()).isEqualTo(5_000);
  }

  @Test
  void listsTakeLittleAndNothingOfWhatMayBeSet() {
    long heap = Runtime.getRuntime().maxMemory();
    long rest = heap / 100 * 85 - heap / 100 * (20 + 12 + 6 + 3);
    ServerConfig.Memory memory = memory(Key.MEMORY_LIVE, Long.toString(rest));
    assertThat(memory.live()).isEqualTo(rest);
    assertThat(memory.lists()).isEqualTo(Math.min(1 << 20, heap / 100));
  }

  @Test
  void whatIsNoShareAndNoSizeIsRefused() {
    assertThatThrownBy(() -> memory(Key.MEMORY_LIVE, "much"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll("memory.live", "such as 20%", "much");
  }

  @Test
  void sharesThatLeaveTheServerNothingAreRefused() {
    assertThatThrownBy(() -> memory(Key.MEMORY_LIVE, "60%"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll("memory.requests, live", "85%");
  }

  @ParameterizedTest
  @ValueSource(strings = {"999999999999g", "17179869184g", "999999999999%"})
  void moreThanANumberHoldsIsTooMuchAsWell(String value) {
    assertThatThrownBy(() -> memory(Key.MEMORY_LIVE, value))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("85%");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0%", "00k"})
  void noMemoryAtAllIsRefused(String value) {
    assertThatThrownBy(() -> memory(Key.MEMORY_LIVE, value))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll("memory.live", "must be more than 0", "'" + value + "'");
  }
}
