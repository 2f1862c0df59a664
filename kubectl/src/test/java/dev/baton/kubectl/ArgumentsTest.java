package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentsTest {

  @ParameterizedTest
  @CsvSource({
    "groups, groups",
    "-n shop groups, groups -n shop",
    "-n shop -o json why order-1, why -n shop -o json order-1",
    "--namespace=shop workers mail, workers --namespace=shop mail",
    "--help, --help",
    "-n shop, -n shop",
    "groups -n shop, groups -n shop",
  })
  void optionsMayStandBeforeTheCommand(String given, String ordered) {
    assertThat(Arguments.commandFirst(given.split(" "))).containsExactly(ordered.split(" "));
  }
}
