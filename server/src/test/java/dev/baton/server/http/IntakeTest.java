package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.memory.Account;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class IntakeTest {

  @Test
  void oneAddressHasHalfOfTheRoomAndAllTogetherThreeQuarters() {
    Account account = new Account(1_000);
    Intake intake = new Intake(account, Duration.ZERO);
    assertThat(intake.tryBegin("a", 500)).isTrue();
    assertThat(intake.tryBegin("a", 1)).isFalse();
    assertThat(intake.tryBegin("b", 250)).isTrue();
    assertThat(intake.tryBegin("c", 1)).isFalse();
    assertThat(account.refusals()).isEqualTo(2);
    intake.finish("a", 200);
    assertThat(intake.tryBegin("c", 200)).isTrue();
    intake.finish("a", 300);
    intake.finish("b", 250);
    intake.finish("c", 200);
    assertThat(intake.unfinished()).isZero();
    assertThat(intake.tryBegin("a", 500)).isTrue();
  }
}
