package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.operator.server.GroupAddress.SecretKey;
import dev.baton.operator.server.ServerUnavailableException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTokensTest {

  private static final SecretKey KEY = new SecretKey("ns", "baton-token", "token");

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theLineEndThatEchoLeavesGoes() {
    assertThat(SecretTokens.decoded(KEY, base64("aa.bb.cc\n"))).isEqualTo("aa.bb.cc");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret\ntoken", "Bearer secret", "secret\0", "secr\u00e9t", " \n", ""})
  void whatNoTokenHasIsRefusedWithoutShowingIt(String text) {
    assertThatThrownBy(() -> SecretTokens.decoded(KEY, base64(text)))
        .isInstanceOf(ServerUnavailableException.class)
        .hasMessageContaining("key token of Secret ns/baton-token is empty, or holds blanks")
        .message()
        .doesNotContain("secr");
  }

  @Test
  void whatIsNotBase64IsSaidSo() {
    assertThatThrownBy(() -> SecretTokens.decoded(KEY, "***"))
        .isInstanceOf(ServerUnavailableException.class)
        .hasMessageContaining("is not base64");
  }
}
