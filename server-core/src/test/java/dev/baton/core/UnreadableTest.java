package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is stored and cannot be read hurts nobody but those who ask for it. */
class UnreadableTest {

  /** Under {@code bad...} there is something that cannot be read. */
  private static final class Damaged implements History {

    @Override
    public @Nullable Promise promise(String id) {
      if (id.startsWith("bad")) {
        throw new UnreadableException("promise", id, "it is damaged");
      }
      return null;
    }

    @Override
    public @Nullable Task task(String id) {
      promise(id);
      return null;
    }

    @Override
    public @Nullable Schedule schedule(String id) {
      promise(id);
      return null;
    }

    @Override
    public @Nullable Promise whole(String id) {
      return promise(id);
    }

    @Override
    public List<Promise> branch(String branch, boolean withRoot, String except, long room) {
      return List.of();
    }
  }

  private final MemoryState state = new MemoryState(Profile.RELEASE, new Damaged());
  private final StateMachine machine = new StateMachine(RuleSet.DEFAULT);

  private Outcome decide(Command command, long now) {
    var outcome = machine.decide(state, command, now);
    state.apply(outcome.changes());
    return outcome;
  }

  @Test
  void whoNamesItIsTold() {
    for (var request :
        List.of(
            new PromiseRequest.Get("bad"),
            new PromiseRequest.Create("bad", 5, Value.EMPTY, Map.of()),
            new TaskRequest.Acquire("bad", 0, "w", 1),
            new ScheduleRequest.Get("bad"),
            new ScheduleRequest.Create("bad", "@daily", "p", 1, Value.EMPTY, Map.of()))) {
      assertThatThrownBy(() -> decide(new Command.Client(request), 1))
          .isInstanceOf(UnreadableException.class)
          .hasMessage("promise bad cannot be read from the store: it is damaged");
    }
  }

  @Test
  void aSuspensionThatNamesItIsTold() {
    var target = Map.of(Tags.TARGET, "poll://any@g");
    var create = new PromiseRequest.Create("p", Long.MAX_VALUE, Value.EMPTY, target);
    decide(new Command.Client(new TaskRequest.Create("w", 1_000, create)), 0);
    var suspend =
        new TaskRequest.Suspend("p", 1, List.of(new PromiseRequest.RegisterCallback("bad", "p")));
    assertThatThrownBy(() -> decide(new Command.Client(suspend), 1))
        .isInstanceOf(UnreadableException.class);
  }

  @Test
  void aHeartbeatExtendsTheOtherTasksOfItsProcess() {
    var target = Map.of(Tags.TARGET, "poll://any@g");
    var create = new PromiseRequest.Create("p", Long.MAX_VALUE, Value.EMPTY, target);
    decide(new Command.Client(new TaskRequest.Create("w", 1_000, create)), 0);
    var heartbeat =
        new TaskRequest.Heartbeat(
            "w", List.of(new TaskRequest.TaskRef("bad", 1), new TaskRequest.TaskRef("p", 1)));
    assertThat(decide(new Command.Client(heartbeat), 500).response().status()).isEqualTo(200);
    assertThat(state.task("p"))
        .isEqualTo(new Task("p", "poll://any@g", 1, new TaskState.Acquired("w", 1_000, 1_500, 0)));
  }

  @Test
  void aScheduleThatMeetsItGoesOnAndSoDoOtherTimers() {
    var schedule =
        new ScheduleRequest.Create(
            "s", "* * * * *", "bad.{{.timestamp}}", 1, Value.EMPTY, Map.of());
    decide(new Command.Client(schedule), 0);
    decide(new Command.Client(new PromiseRequest.Create("p", 60_000, Value.EMPTY, Map.of())), 0);
    decide(new Command.Tick(false), 60_000);
    assertThat(Objects.requireNonNull(state.schedule("s")).nextRunAt()).isEqualTo(120_000);
    assertThat(state.isPending("p")).isFalse();
  }
}
