package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.e2e.WorkerLine.Kind;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The server is rolled under the work of three SDKs: no call runs twice, and workers are back soon.
 * Once in the build; {@code SERVER_ROLLS=3} for more.
 */
@ExtendWith(Docker.class)
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class ServerRollStoryIT {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int ROLLS =
      Integer.parseInt(Objects.requireNonNullElse(System.getenv("SERVER_ROLLS"), "1"));
  private static final int WORKERS = 3;

  /** The exit code of a script that finds no interpreter for its SDK. */
  private static final int NO_INTERPRETER = 3;

  /**
   * Workers of an SDK, and their load.
   *
   * @param backWithin generous: a machine that builds has other things to do
   */
  private record Language(
      String group, String image, int calls, int minCost, int maxCost, Duration backWithin) {}

  @RegisterExtension static final Story STORY = Story.ofInstallation();

  private final List<Language> languages = new ArrayList<>();

  @BeforeAll
  void startWorkers() {
    languages.add(new Language("java", "baton-worker:dev", 9, 1, 6, Duration.ofSeconds(10)));
    // This SDK gives up on a result that it cannot deliver: its calls outlast the roll.
    image("typescript")
        .ifPresent(it ->
            languages.add(new Language("typescript", it, WORKERS, 30, 30, Duration.ofMinutes(1))));
    image("python")
        .ifPresent(it -> languages.add(new Language("python", it, 9, 1, 6, Duration.ofMinutes(1))));
    languages.forEach(it -> STORY.group(it.group()).apply(it.image(), "replicas: " + WORKERS));
    languages.forEach(it -> STORY.group(it.group()).awaitWorkers(WORKERS));
  }

  private static Optional<String> image(String language) {
    Shell.Result made =
        Shell.run("e2e/" + language + "-worker/image.sh", STORY.cluster().containerId());
    if (made.exitCode() == NO_INTERPRETER) {
      return Optional.empty();
    }
    made.orFail("building the worker in " + language);
    return Optional.of("baton-" + language + "-worker:dev");
  }

  @Test
  void noCallRunsTwiceWhenTheServerIsRolledAndItsWorkersAreBackSoon() {
    for (int roll = 1; roll <= ROLLS; roll++) {
      roll(roll);
    }
  }

  private void roll(int number) {
    List<ClientRun> runs = new ArrayList<>();
    for (Language it : languages) {
      runs.add(
          ClientRun.start(
              STORY.cluster(),
              it.group(),
              it.group() + "-roll-" + number,
              it.calls(),
              it.minCost(),
              it.maxCost()));
    }
    runs.forEach(run -> STORY.log().awaitLine(line -> run.ids().contains(line.call())));
    String before = Objects.requireNonNull(server(), "there is no server").getMetadata().getUid();
    Instant restarted = Instant.now();
    STORY.cluster().kubectl("rollout", "restart", "statefulset/baton-server");
    await("another server that is ready")
        .atMost(LIMIT)
        .pollInterval(POLL)
        .until(() -> isReadyAndNot(before, server()));
    Instant ready = Instant.now();
    STORY.figure(
        "roll %d: restart to the new server's readiness".formatted(number), restarted, ready);
    for (Language it : languages) {
      Instant back = awaitAllBack(it, restarted);
      STORY.figure(
          "roll %d: the new server's readiness to the last of %d %s workers"
              .formatted(number, WORKERS, it.group()),
          ready,
          back);
      assertThat(Duration.between(ready, back)).as(it.group()).isLessThan(it.backWithin());
    }
    for (ClientRun run : runs) {
      run.succeeds(LIMIT);
      STORY.log().awaitEnds(run.ids());
      assertThat(run.ids())
          .allSatisfy(id ->
              assertThat(STORY.log().of(id))
                  .extracting(WorkerLine::kind)
                  .containsExactly(Kind.STARTED, Kind.FINISHED));
    }
  }

  private static @Nullable Pod server() {
    return STORY.cluster().pod("baton-server-0");
  }

  private static boolean isReadyAndNot(String uid, @Nullable Pod pod) {
    return pod != null
        && !pod.getMetadata().getUid().equals(uid)
        && pod.getStatus().getConditions().stream()
            .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
  }

  /** When the last of its workers had connected to the new server, by that server's clock. */
  private static Instant awaitAllBack(Language language, Instant after) {
    return await("the workers in " + language.group())
        .atMost(LIMIT)
        .ignoreExceptions() // The way to the new server may not be open yet.
        .until(() -> connections(language, after), it -> it.size() == WORKERS)
        .stream()
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  private static List<Instant> connections(Language language, Instant after) {
    return STORY
        .group(language.group())
        .atServer()
        .path("workers")
        .valueStream()
        .map(worker -> Instant.ofEpochMilli(worker.path("connectedAt").asLong()))
        .filter(at -> at.isAfter(after))
        .toList();
  }
}
