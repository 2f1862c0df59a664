package dev.baton.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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
}
