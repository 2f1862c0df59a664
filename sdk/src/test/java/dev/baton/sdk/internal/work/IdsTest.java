package dev.baton.sdk.internal.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.sdk.internal.wire.Targets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {

  @Test
  void childrenAreNumberedBelowTheirParent() {
    assertThat(Ids.child("order-1", 3)).isEqualTo("order-1.3");
    assertThat(Ids.child("order-1.3", 1)).isEqualTo("order-1.3.1");
  }

  @Test
  void detachedIdIsOneStepBelowTheOriginHoweverDeepTheCaller() {
    String id = Ids.detached("a", "a.1.2.3.4");
    assertThat(id).matches("a\\.d[0-9a-f]{16}").isEqualTo(Ids.detached("a", "a.1.2.3.4"));
    assertThat(id).isNotEqualTo(Ids.detached("a", "a.1.2.3.5"));
  }

  @ParameterizedTest
  @CsvSource({"root, root", "root.1.2, root", "root:1.2, root", "a.b:1, a"})
  void originOfAnUntaggedIdEndsAtTheFirstSeparatorOfEitherDialect(String id, String origin) {
    assertThat(Targets.originOf(id)).isEqualTo(origin);
  }

  @Test
  void idThatCouldNotBeARootIsRefused() {
    assertThatThrownBy(() -> Ids.root("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Ids.root("a:1")).hasMessageContaining("a:1");
    assertThat(Ids.root("my.app")).isEqualTo("my.app");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.1", "a.12.x", "my.app.3", "a.r2", "a.d0123456789abcdef", "a.p-sign"})
  void idOfAnothersStepIsRefused(String id) {
    assertThatThrownBy(() -> Ids.root(id))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + id + "' could be that of another call's step");
  }
}
