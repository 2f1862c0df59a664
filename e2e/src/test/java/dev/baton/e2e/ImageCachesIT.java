package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each image starts from the cache of loaded classes that its build has made. */
@ExtendWith(Docker.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ImageCachesIT {
  /** With a cache that does not fit Java does not start; it says of each class whence it came. */
  private static final String ONLY_WITH_THE_CACHE = "-XX:AOTMode=on -Xlog:class+load";

  @BeforeAll
  static void build() {
    Shell.run("scripts/images.sh").orFail("building the images");
  }

  /**
   * Starts without a server, or an API server, as far as that goes.
   *
   * @param reached what it says then
   * @param mostBesideTheCache so many classes may come from elsewhere: some are made while it runs,
   *     and some are of jars that no cache takes
   */
  @ParameterizedTest
  @CsvSource({
    "baton-operator:dev, '', Starting operator, 120",
    "baton-worker:dev, '', cannot be opened, 60",
    "baton-client:dev, --calls=1, not dispatched, 260",
  })
  void aStartReadsItsClassesFromTheCache(
      String image, String argument, String reached, int mostBesideTheCache) {
    var command = new ArrayList<>(List.of("docker", "run", "--detach"));
    command.addAll(List.of("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--memory=256m"));
    command.add("--env=JAVA_TOOL_OPTIONS=" + ONLY_WITH_THE_CACHE);
    command.add("--env=KUBERNETES_MASTER=http://localhost:1");
    command.add("--env=RESONATE_URL=http://localhost:1");
    command.add("--env=RESONATE_REQUEST_TIMEOUT=PT1S");
    command.add(image);
    if (!argument.isEmpty()) {
      command.add(argument);
    }
    var container = Shell.run(command.toArray(String[]::new)).orFail("starting " + image).strip();
    try {
      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() -> assertThat(log(container)).contains(reached));
      var loaded = log(container).lines().filter(it -> it.contains(" source: ")).toList();
      var elsewhere = loaded.stream().filter(it -> !it.contains("shared objects file")).toList();
      System.out.printf(
          "%s loads %d classes, %d of them not from its cache%n",
          image, loaded.size(), elsewhere.size());
      assertThat(loaded).hasSizeGreaterThan(1_000);
      assertThat(elsewhere).hasSizeLessThan(mostBesideTheCache);
    } finally {
      var _ = Shell.run("docker", "rm", "--force", container);
    }
  }

  private static String log(String container) {
    return Shell.run("docker", "logs", container).orFail("docker logs");
  }
}
