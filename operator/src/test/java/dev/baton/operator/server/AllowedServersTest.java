package dev.baton.operator.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedServersTest {

  @Test
  void withoutRulesAllAreAllowed() {
    assertThat(AllowedServers.of(Set.of()).allow("shop", "http://any:1")).isTrue();
  }

  @Test
  void eachNamespaceHasItsOwnAndThoseOfAll() {
    AllowedServers rules = AllowedServers.of(Set.of("*=http://a:1", "shop=http://b:1/"));
    assertThat(rules.allow("mail", "http://a:1")).isTrue();
    assertThat(rules.allow("mail", "http://b:1")).isFalse();
    assertThat(rules.allow("shop", "http://b:1")).isTrue();
    assertThat(rules.allow("shop", "http://a:1")).isTrue();
    assertThat(rules.allow("shop", "http://a:1.evil.example")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop", "=http://a:1", "shop=ftp://a", "shop=http://a/path"})
  void whatIsNoRuleStopsTheStart(String rule) {
    assertThatThrownBy(() -> AllowedServers.of(Set.of(rule)))
        .hasMessageContaining("baton.allowed-servers has '" + rule + "'")
        .hasMessageContaining("NAMESPACE=URL");
  }
}
