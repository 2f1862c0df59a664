package dev.baton.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.testing.Postgres;
import dev.baton.testing.Recordings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lets the player that came with the recorded transcripts replay them against a server, over HTTP
 * and with real time where a transcript has it; for those on authentication and the old interface
 * see their own tests. Skipped where the transcripts or Python are absent.
 */
@Tag("alone")
class RecordedVectorsIT {

  /** What Baton deliberately does otherwise: docs/protocol-notes.md. */
  private static final String BETTERED =
      "delay-ignored,legacy-410,drop-undeliverable,duplicate-poll-id";

  /** Refusals that only the main profile has, in walks that are marked as good for both. */
  private static final List<String> MAIN_ONLY =
      List.of(
          "Awaiter and awaited must belong to the same origin",
          "All tasks must belong to the same origin");

  /** The release says it otherwise than what was recorded of the main branch. */
  private static final String TEXT_OF_MAIN = "The promise does not have a resonate:target tag";

  private static final String TEXT_OF_RELEASE = "Promise exists without a target task";

  private static final String DELAY = "resonate:delay";

  @TempDir Path folder;

  @ParameterizedTest
  @Execution(ExecutionMode.CONCURRENT)
  @CsvSource({"release, memory", "release, sqlite", "release, postgres", "main, memory"})
  void everyTranscriptOfTheMainBranchReplays(String profile, String store) throws Exception {
    replay(profile, store);
  }

  /** No rule knows its store, so this is for the long run: {@code -Dbaton.long=true}. */
  @ParameterizedTest
  @Execution(ExecutionMode.CONCURRENT)
  @EnabledIfSystemProperty(named = "baton.long", matches = "true")
  @ValueSource(strings = {"sqlite", "postgres"})
  void everyTranscriptReplaysUnderTheMainProfileOnEachStore(String store) throws Exception {
    replay("main", store);
  }

  private void replay(String profile, String store) throws Exception {
    Path vectors = playable(Recordings.folder());
    boolean isRelease = profile.equals("release");
    List<String> options = new ArrayList<>();
    if (isRelease) {
      options.addAll(List.of("--profile", "both", "--targeted-timeouts-only"));
    }
    List<Path> files = new ArrayList<>();
    for (Path file : files(vectors)) {
      String text = text(file);
      if (!isRelease) {
        files.add(file);
      } else if (MAIN_ONLY.stream().noneMatch(text::contains)) {
        files.add(text.contains(TEXT_OF_MAIN) ? inWordsOfRelease(file, text) : file);
      }
    }
    try (BatonServer server = server(profile, store)) {
      String output = play(server, vectors, options, files);
      System.out.printf("vectors over HTTP, %s, %s: %s%n", profile, store, output);
      assertThat(output).containsPattern("\\b[45]\\d\\d vectors passed, 0 failed");
    }
  }

  @ParameterizedTest
  @Execution(ExecutionMode.CONCURRENT)
  @ValueSource(strings = {"memory", "sqlite", "postgres"})
  void everyTranscriptOfTheReleaseReplays(String store) throws Exception {
    Path vectors = playable(Recordings.ofRelease());
    List<Path> plain = new ArrayList<>();
    List<Path> delaying = new ArrayList<>();
    for (Path file : files(vectors)) {
      boolean isDelaying = file.toString().contains("walk-") && text(file).contains(DELAY);
      (isDelaying ? delaying : plain).add(file);
    }
    try (BatonServer server = server("release", store)) {
      String output = play(server, vectors, List.of(), plain);
      System.out.printf("vectors of the release over HTTP, %s: %s%n", store, output);
      assertThat(output).containsPattern("\\b2\\d\\d vectors passed, 0 failed");
      // Delays are honoured here: what is on offer differs, what is answered does not.
      output = play(server, vectors, List.of("--no-snap"), delaying);
      assertThat(output).containsPattern("\\b9 vectors passed, 0 failed");
    }
  }

  private static Path playable(@Nullable Path vectors) throws InterruptedException {
    assumeTrue(vectors != null, "no recorded vectors here: set -Dbaton.vectors=<directory>");
    assumeTrue(hasPython(), "no python3 here to play the recorded vectors");
    return Objects.requireNonNull(vectors);
  }

  private BatonServer server(String profile, String store) {
    Layers layers =
        switch (store) {
          case "sqlite" -> Servers.sqlite(folder.resolve("vectors.db"));
          case "postgres" -> Servers.postgres(Postgres.shared().newDatabase());
          default -> Servers.memory();
        };
    return Servers.start(layers.set(Key.DEBUG, "true").set(Key.PROFILE, profile));
  }

  /** What the player says at the end. */
  private static String play(
      BatonServer server, Path vectors, List<String> options, List<Path> files) throws Exception {
    List<String> command = new ArrayList<>(List.of("python3", "../replay.py", "--all"));
    command.addAll(List.of("--ignore-stale-messages", "--skip-quirk", BETTERED));
    command.addAll(options);
    command.addAll(List.of("--url", "http://127.0.0.1:" + server.port()));
    files.forEach(file -> command.add(file.toString()));
    Process player =
        new ProcessBuilder(command).directory(vectors.toFile()).redirectErrorStream(true).start();
    String output = new String(player.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(player.waitFor()).as(output).isZero();
    return output.lines().toList().getLast();
  }

  private Path inWordsOfRelease(Path file, String text) throws IOException {
    String name = file.getFileName().toString().replace(".gz", "");
    return Files.writeString(folder.resolve(name), text.replace(TEXT_OF_MAIN, TEXT_OF_RELEASE));
  }

  private static List<Path> files(Path vectors) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String kind : List.of("scenarios", "walks")) {
      try (Stream<Path> all = Files.list(vectors.resolve(kind))) {
        all.sorted().forEach(files::add);
      }
    }
    return files;
  }

  private static String text(Path file) {
    try (var raw = Files.newInputStream(file);
        var plain = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return new String(plain.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
