package dev.baton.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.testing.Recordings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Lets the player that came with the recorded transcripts replay them against a server, over HTTP
 * and with real time where a transcript has it; for those on authentication and the old interface
 * see their own tests. Skipped where the transcripts or Python are absent.
 */
class RecordedVectorsIT {

  /** What Baton deliberately does otherwise: docs/protocol-notes.md. */
  private static final String BETTERED =
      "delay-ignored,legacy-410,drop-undeliverable,duplicate-poll-id";

  /** Refusals that only the main profile has, in walks that are marked as good for both. */
  private static final List<String> MAIN_ONLY =
      List.of(
          "Awaiter and awaited must belong to the same origin",
          "All tasks must belong to the same origin");

  @ParameterizedTest
  @Execution(ExecutionMode.CONCURRENT)
  @CsvSource({"release, memory", "release, sqlite", "main, memory", "main, sqlite"})
  void everyTranscriptReplaysOverHttp(String profile, String store, @TempDir Path folder)
      throws Exception {
    Path vectors = Recordings.folder();
    assumeTrue(vectors != null, "no recorded vectors here: set -Dbaton.vectors=<directory>");
    assumeTrue(hasPython(), "no python3 here to play the recorded vectors");
    boolean isRelease = profile.equals("release");
    List<String> command = new ArrayList<>(List.of("python3", "../replay.py", "-q", "--all"));
    command.addAll(List.of("--ignore-stale-messages", "--skip-quirk", BETTERED));
    if (isRelease) {
      command.addAll(List.of("--profile", "both", "--targeted-timeouts-only"));
    }
    Layers layers =
        store.equals("sqlite") ? Servers.sqlite(folder.resolve("vectors.db")) : Servers.memory();
    layers.set(Key.DEBUG, "true").set(Key.PROFILE, profile);
    String output;
    int exit;
    try (BatonServer server = Servers.start(layers)) {
      command.addAll(List.of("--url", "http://127.0.0.1:" + server.port()));
      command.addAll(files(vectors, isRelease));
      Process player =
          new ProcessBuilder(command).directory(vectors.toFile()).redirectErrorStream(true).start();
      output = new String(player.getInputStream().readAllBytes(), UTF_8).strip();
      exit = player.waitFor();
    }
    System.out.printf(
        "vectors over HTTP, %s, %s: %s%n", profile, store, output.lines().toList().getLast());
    assertThat(exit).as(output).isZero();
    assertThat(output).containsPattern("\\b[45]\\d\\d vectors passed, 0 failed");
  }

  private static List<String> files(Path vectors, boolean isRelease) throws IOException {
    List<String> files = new ArrayList<>();
    for (String kind : List.of("scenarios", "walks")) {
      try (Stream<Path> all = Files.list(vectors.resolve(kind))) {
        for (Path file : all.sorted().toList()) {
          if (!isRelease || MAIN_ONLY.stream().noneMatch(text(file)::contains)) {
            files.add(file.toString());
          }
        }
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
