package dev.baton.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Command;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.server.dispatch.Dispatchers;
import dev.baton.server.storage.postgres.ImaginedDatabase;
import dev.baton.server.storage.postgres.ImaginedSession;
import dev.baton.server.storage.postgres.PostgresStorage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An owner is lost right after it has granted a lease, of which its holder may not have heard. */
class DoubtedLeaseTest {

  private static final long FAR = 1_000_000;
  private static final TaskRequest.Acquire ACQUIRE = new TaskRequest.Acquire("t", 0, "w", 60_000);
  private static final Command FRESH = new Command.Client(ACQUIRE);
  private static final Command HEARTBEAT =
      new Command.Client(new TaskRequest.Heartbeat("w", List.of(new TaskRequest.TaskRef("t", 1))));
  private static final Command REPEATED = new Command.Repeated(ACQUIRE, 1_200, 0);

  private final ImaginedDatabase database = new ImaginedDatabase();
  private final List<Integer> statuses = new ArrayList<>();
  private PostgresStorage storage = claimed();
  private Pipeline owner = owning(900);

  private PostgresStorage claimed() {
    var claim = Objects.requireNonNull(database.claim(database.epoch(), false));
    return ImaginedSession.open(database, new Direct(), RuleSet.Profile.RELEASE, claim);
  }

  private Pipeline owning(long at) {
    var rules = new StateMachine(RuleSet.DEFAULT);
    var opened = new Pipeline(storage, rules::decide, Dispatchers.plain(), EngineMetrics.NONE);
    opened.open(at);
    return opened;
  }

  /** The database answers at once. */
  private final class Direct implements ImaginedSession.Way {
    @Override
    public <T> T ask(Supplier<T> query) {
      return query.get();
    }

    @Override
    public boolean write(long epoch, ImaginedDatabase.Writes writes) {
      database.apply(writes);
      return epoch == database.epoch();
    }

    @Override
    public long epoch(long own) {
      return database.epoch();
    }
  }

  private void step(long now, Command... commands) {
    var calls =
        Arrays.stream(commands)
            .map(command ->
                new CommandCall(command, null, response -> statuses.add(response.status())))
            .toList();
    owner.step(calls, () -> null, now, 0, false);
  }

  @BeforeEach
  void granted() {
    var tags = Map.of(Tags.TARGET, "poll://any@g");
    var create = new PromiseRequest.Create("t", FAR, Value.EMPTY, tags);
    step(1_000, new Command.Client(create), FRESH);
    assertThat(statuses).containsExactly(200, 200);
    statuses.clear();
    storage = claimed();
    owner = owning(1_200);
  }

  private TaskState state() {
    Task task = Objects.requireNonNull(storage.live().task("t"));
    assertThat(task.version()).isEqualTo(1);
    return task.state();
  }

  @Test
  void endsWhenItsHolderAsksForTheTaskAgain() {
    step(1_300, FRESH);
    assertThat(statuses).containsExactly(409);
    step(1_300, FRESH);
    assertThat(state()).isInstanceOf(TaskState.Pending.class);
  }

  /**
   * Whoever sends a heartbeat for a task knows that it holds it, whatever else it has asked for.
   */
  @Test
  void goesOnIfItsHolderSendsAHeartbeatInTheSameBatch() {
    step(1_300, FRESH, HEARTBEAT);
    assertThat(statuses).containsExactly(409, 200);
    step(1_301, new Command.Client(new TaskRequest.Get("t")));
    step(2_500);
    assertThat(state())
        .isInstanceOfSatisfying(
            TaskState.Acquired.class, held -> assertThat(held.acquiredAt()).isEqualTo(1_000));
  }

  /** The process has asked twice; the next owner hears the second first. */
  @Test
  void isAnotherOneWhenItIsGrantedAgainInTheSameBatch() {
    step(1_300, FRESH, REPEATED);
    assertThat(statuses).containsExactly(409, 200);
    step(1_301, new Command.Client(new TaskRequest.Get("t")));
    step(2_500);
    assertThat(state())
        .isInstanceOfSatisfying(
            TaskState.Acquired.class, held -> assertThat(held.acquiredAt()).isEqualTo(1_300));
  }
}
