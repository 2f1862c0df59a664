package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A task that is to wait for very many promises which have left memory. */
class SuspensionTest {

  private static final int MANY = 20_000;

  /** Everything under {@code s...} has been settled. */
  private static final class Settled implements History {
    private int looks;
    private int reads;

    @Override
    public boolean has(String id) {
      looks++;
      return id.startsWith("s");
    }

    @Override
    public @Nullable Promise promise(String id) {
      reads += id.startsWith("s") ? 1 : 0;
      return null;
    }

    @Override
    public @Nullable Promise whole(String id) {
      return promise(id);
    }

    @Override
    public @Nullable Task task(String id) {
      return null;
    }

    @Override
    public List<Promise> branch(String branch, boolean withRoot, String except, long room) {
      return List.of();
    }
  }

  private final Settled history = new Settled();
  private final MemoryState state = new MemoryState(Profile.RELEASE, history);
  private final StateMachine machine = new StateMachine(RuleSet.DEFAULT);

  private int decide(TaskRequest request) {
    var outcome = machine.decide(state, new Command.Client(request), 1);
    state.apply(outcome.changes());
    return outcome.response().status();
  }

  private int suspend(List<String> awaited) {
    var actions = new ArrayList<PromiseRequest.RegisterCallback>();
    awaited.forEach(id -> actions.add(new PromiseRequest.RegisterCallback(id, "t")));
    return decide(new TaskRequest.Suspend("t", 1, actions));
  }

  private void take() {
    var create =
        new PromiseRequest.Create(
            "t", Long.MAX_VALUE, Value.EMPTY, Map.of(Tags.TARGET, "poll://any@g"));
    assertThat(decide(new TaskRequest.Create("w", 1_000, create))).isEqualTo(200);
  }

  @Test
  void ofThoseThatAreSettledFewAreLookedForAndNoneIsRead() {
    take();
    var awaited = new ArrayList<String>();
    for (int i = 0; i < MANY; i++) {
      awaited.add("s" + i);
    }
    assertThat(suspend(awaited)).isEqualTo(300);
    assertThat(history.looks).isEqualTo(StateMachine.SETTLED_PER_SUSPENSION);
    assertThat(history.reads).isZero();
  }

  @Test
  void oneThatIsMissingAmongThemIsTold() {
    take();
    assertThat(suspend(List.of("s1", "missing", "s2"))).isEqualTo(422);
    assertThat(suspend(List.of("s1", "s2"))).isEqualTo(300);
  }
}
