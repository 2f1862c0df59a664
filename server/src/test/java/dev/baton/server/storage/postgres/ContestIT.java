package dev.baton.server.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.core.RuleSet;
import dev.baton.testing.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An owner has ended for a server to follow it, which is asked to end itself just then. */
@Timeout(60)
class ContestIT {

  private static final long LONG_MS = 60_000;

  private final String url = Postgres.shared().newDatabase();
  private final PostgresStorage.Settings settings = PostgresStorage.Settings.of(url, Postgres.USER);
  private final Shard owner = new Shard("http://owner");
  private final Leaving leaving = new Leaving();
  private final CompletableFuture<Claim> won = new CompletableFuture<>();
  private final Contest contest =
      new Contest(settings, new DatabaseClock(), leaving, new Recorded());

  private final class Recorded implements Contest.Listener {
    @Override
    public void ownedElsewhere(long epoch, @Nullable String url) {}

    @Override
    public void ownerUnknown() {}

    @Override
    public void won(Claim claim) {
      won.complete(claim);
    }

    @Override
    public void deposed() {}
  }

  @BeforeEach
  void own() throws SQLException {
    PostgresStorage.open(settings, RuleSet.Profile.RELEASE).close();
    try (Connection connection = DriverManager.getConnection(url, Postgres.USER, "")) {
      owner.take(connection);
    }
  }

  @AfterEach
  void close() {
    contest.close();
  }

  private Thread leave() {
    Thread thread = Thread.ofVirtual().start(() -> leaving.leave(LONG_MS));
    await().until(leaving::isAsked);
    return thread;
  }

  @Test
  void itClaimsTheStoreAndLeavesOnceItServes() throws Exception {
    assertThat(leaving.beginToFollow()).isTrue();
    Thread leave = leave();
    contest.follow(owner.epoch(), 0);
    contest.start();
    Claim claim = won.get(20, TimeUnit.SECONDS);
    assertThat(claim.epoch()).isEqualTo(owner.epoch() + 1);
    assertThat(claim.isAfterGoodEnd()).as("not because no beat came").isTrue();
    assertThat(leave.isAlive()).as("it has yet to serve").isTrue();
    leaving.hasFollowed();
    leave.join();
  }

  @Test
  void itLeavesAtOnceIfAnotherOwnsTheStoreAlready() throws Exception {
    assertThat(leaving.beginToFollow()).isTrue();
    Thread leave = leave();
    contest.follow(owner.epoch() - 1, 0);
    contest.start();
    leave.join();
    assertThat(won).isNotDone();
  }
}
