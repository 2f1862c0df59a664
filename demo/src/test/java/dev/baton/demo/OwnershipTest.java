package dev.baton.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OwnershipTest {
  private static final long MS = 1_000_000;
  private static final String LINE =
      "2026-11-24 INFO Candidate Loaded the store and serving as its owner after 12 ms";

  private final Ownership ownership = new Ownership();

  @Test
  void whoSaysSoOwnsTheStore() {
    assertThat(ownership.owner()).isEmpty();
    assertThat(ownership.on("server-2", "something else", 0)).isEmpty();
    assertThat(ownership.on("server-2", LINE, 0)).contains("owns the store");
    assertThat(ownership.owner()).contains("server-2");
  }

  @Test
  void theTakeoverIsTimedFromTheKillUntilAnotherOwnsTheStore() {
    ownership.on("server-2", LINE, 0);
    assertThat(ownership.killed(1_000 * MS)).contains("server-2");
    assertThat(ownership.isOver()).isTrue();
    assertThat(ownership.takeoverMs()).isEmpty();
    assertThat(ownership.on("server-1", LINE, 1_420 * MS))
        .contains("owns the store now, 420 ms after the kill");
    assertThat(ownership.takeoverMs()).hasValue(420);
  }

  @Test
  void nobodyIsKilledWhileNobodyOwnsTheStore() {
    assertThatThrownBy(() -> ownership.killed(0)).hasMessage("nobody owns the store");
  }
}
