package dev.baton.sdk.test;

import dev.baton.protocol.History;
import dev.baton.sdk.Functions;
import dev.baton.sdk.Options;
import dev.baton.sdk.ReplayMismatch;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.ResonateException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether functions do the same whenever they are run again with the same outcomes of
 * their steps, as a worker's death, a suspension or a hand-over has them run again: a call is made,
 * and then replayed several times at later moments of real time. What is compared is which steps
 * are made and with what arguments, which plain values the code of a step uses of its surroundings,
 * and what the function gives. Time, random numbers, ids and what is read outside of a step show
 * so. What differs only rarely, from day to day or from machine to machine, does not.
 */
public final class Determinism {

  private static final int TIMES = 5;
  private static final Duration LONGEST = Duration.ofDays(3_650);
  private static final Pattern CANNOT_GO_ON =
      Pattern.compile(": a call that is under way could not go on with this code$");

  private static final String ADVICE =
      ". Time, chance and what is read outside belong into steps: context.now(), context.random(),"
          + " context.uuid(), context.step(...)";

  private Determinism() {}

  /**
   * Makes a call in a kit of its own, waits for its end, and replays it. How the call ends does not
   * matter; it has ten years of the kit's time. For one that needs more than time, use {@link
   * BatonKit#checkDeterminism}.
   *
   * @param functions registers the code
   * @param function the registered name of what is called
   * @throws NotDeterministicError that says where it differs
   * @throws DoesNotFinishError if the call does not come to an end
   */
  public static void check(
      Consumer<Resonate> functions, String function, @Nullable Object... arguments) {
    try (var kit = new BatonKit()) {
      // What does not match while the call goes ends it, and shows when it is replayed.
      kit.worker().with(it -> it.withReplayMismatch(ReplayMismatch.REJECT)).start(functions);
      var handle =
          kit.resonate()
              .with(Options.defaults().timeout(LONGEST))
              .beginRpc("check", function, Object.class, arguments);
      try {
        handle.result();
      } catch (ResonateException e) {
        // An outcome like any other.
      }
      kit.checkDeterminism("check", functions);
    }
  }

  static void check(History history, Consumer<Resonate> functions, Uses before) {
    for (int i = 0; i < TIMES; i++) {
      awaitAnotherMillisecond();
      var now = new Uses();
      var difference =
          Replay.of(history)
              .observedBy(now)
              .difference(functions, true)
              .or(() -> before.differenceFrom(now));
      if (difference.isPresent()) {
        throw new NotDeterministicError(
            CANNOT_GO_ON
                    .matcher(difference.get())
                    .replaceFirst("")
                    .replace("when it was recorded", "the first time")
                + ADVICE);
      }
    }
  }

  private static void awaitAnotherMillisecond() {
    long before = System.currentTimeMillis();
    while (System.currentTimeMillis() == before) {
      Thread.onSpinWait();
    }
  }

  /** Which plain values the code of each step has captured, the first time that it was made. */
  static final class Uses {
    private final Map<String, List<@Nullable Object>> byStep = new ConcurrentHashMap<>();
    private final Map<String, String> names = new ConcurrentHashMap<>();

    void made(String name, String id, Functions.Shape code) {
      names.putIfAbsent(id, name);
      byStep.computeIfAbsent(id, key -> Captured.of(code));
    }

    private Optional<String> differenceFrom(Uses now) {
      return byStep.keySet().stream()
          .sorted(RecordedCall.BY_PLACE)
          .map(id -> differenceFrom(now, id))
          .filter(difference -> !difference.isEmpty())
          .findFirst();
    }

    private String differenceFrom(Uses now, String id) {
      var before = byStep.getOrDefault(id, List.of());
      var again = now.byStep.getOrDefault(id, List.of());
      String difference = Captured.difference(before, again);
      return difference == null
          ? ""
          : "the code of step %s '%s' %s".formatted(id, names.get(id), difference);
    }
  }
}
