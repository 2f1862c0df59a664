package dev.baton.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class PortsTest {

  @Test
  void aJvmHasItsShareOfThePorts() {
    for (int i = 0; i < 100; i++) {
      assertThat(Ports.free() % Ports.FORKS).isEqualTo(Ports.FORK);
    }
  }

  /** Maven drops a placeholder that it does not know, without a word. */
  @Test
  @EnabledIfSystemProperty(named = "baton.forks", matches = ".*")
  void theBuildNumbersItsJvms() {
    assertThat(System.getProperty("baton.fork")).matches("[1-9]");
  }
}
