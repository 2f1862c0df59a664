package dev.baton.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RemoteTest {

  @Test
  void whoHasNamedNoServerIsToldHowTo() {
    assertThat(Remote.named(null, null).nobody())
        .isEqualTo(
            "nobody answers at http://localhost:8001/; --server or RESONATE_URL names another"
                + " server");
    assertThat(Remote.named("http://localhost:8001", null).nobody())
        .isEqualTo("nobody answers at http://localhost:8001/");
  }
}
