package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.recorded.Alterations;
import dev.baton.server.recorded.Ensemble;
import dev.baton.server.recorded.OriginalPlayer;
import dev.baton.server.recorded.Report;
import dev.baton.server.recorded.Settings;
import dev.baton.server.recorded.Transcript;
import dev.baton.testing.Postgres;
import dev.baton.testing.Recordings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Replays the recorded transcripts against servers, over HTTP and with real time where a transcript
 * has it, and holds our player against the one that came with them; for those on authentication and
 * the old interface see their own tests. Skipped where the transcripts are absent.
 */
@Tag("alone")
@Execution(ExecutionMode.CONCURRENT)
class RecordedVectorsIT {

  /** What Baton deliberately does otherwise: docs/protocol-notes.md. */
  private static final Settings RELEASE =
      Settings.without("delay-ignored", "legacy-410", "drop-undeliverable", "duplicate-poll-id");

  /** Refusals that only the main profile has, in walks that are marked as good for both. */
  private static final List<String> MAIN_ONLY =
      List.of(
          "Awaiter and awaited must belong to the same origin",
          "All tasks must belong to the same origin");

  /** The release says it otherwise than what was recorded of the main branch. */
  private static final String TEXT_OF_MAIN = "The promise does not have a resonate:target tag";

  private static final String TEXT_OF_RELEASE = "Promise exists without a target task";

  private static final String DELAY = "resonate:delay";

  /** Of the walks that are altered, one in so many: the players do not differ in what they walk. */
  private static final int ALTERED_WALKS = 8;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"release, memory", "release, sqlite", "release, postgres", "main, memory"})
  void everyTranscriptOfTheMainBranchReplays(String profile, String store) throws Exception {
    replay(profile, store);
  }

  /** No rule knows its store, so this is for the long run: {@code -Dbaton.long=true}. */
  @ParameterizedTest
  @EnabledIfSystemProperty(named = "baton.long", matches = "true")
  @ValueSource(strings = {"sqlite", "postgres"})
  void everyTranscriptReplaysUnderTheMainProfileOnEachStore(String store) throws Exception {
    replay("main", store);
  }

  private void replay(String profile, String store) throws Exception {
    boolean isRelease = profile.equals("release");
    List<Transcript> transcripts = Transcript.in(recordings(Recordings.folder()));
    if (isRelease) {
      transcripts.removeIf(each -> MAIN_ONLY.stream().anyMatch(each.text()::contains));
      transcripts.replaceAll(RecordedVectorsIT::inWordsOfRelease);
    }
    Report report =
        play(transcripts, isRelease ? RELEASE.ofMainAtRelease() : RELEASE, profile, store);
    System.out.printf("vectors over HTTP, %s, %s: %s%n", profile, store, report);
    assertThat(report.mismatches()).isEmpty();
    assertThat(report.passed()).isBetween(400, 599);
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "sqlite", "postgres"})
  void everyTranscriptOfTheReleaseReplays(String store) throws Exception {
    List<Transcript> plain = Transcript.in(recordings(Recordings.ofRelease()));
    List<Transcript> delaying = new ArrayList<>(plain);
    delaying.removeIf(each -> !isDelaying(each));
    plain.removeAll(delaying);
    Report report = play(plain, RELEASE, "release", store);
    System.out.printf("vectors of the release over HTTP, %s: %s%n", store, report);
    assertThat(report.mismatches()).isEmpty();
    assertThat(report.passed()).isBetween(200, 299);
    // Delays are honoured here: what is on offer differs, what is answered does not.
    report = play(delaying, RELEASE.withoutSnapshots(), "release", store);
    assertThat(report.mismatches()).isEmpty();
    assertThat(report.passed()).isEqualTo(9);
  }

  @Test
  void theOriginalPlayerSaysTheSameOfTheRelease() throws Exception {
    Path recordings = recordings(Recordings.ofRelease());
    List<Transcript> plain = Transcript.in(recordings);
    plain.removeIf(RecordedVectorsIT::isDelaying);
    Report report = sameOfBoth(recordings, plain, RELEASE, "release");
    assertThat(report.mismatches()).isEmpty();
    assertThat(report.passed()).isBetween(200, 299);
  }

  @Test
  void bothPlayersFindTheSameInRecordingsThatWereAltered() throws Exception {
    Path recordings = recordings(Recordings.ofRelease());
    List<Transcript> altered = new ArrayList<>();
    Alterations alterations = new Alterations(1);
    int walks = 0;
    for (Transcript each : Transcript.in(recordings)) {
      if (!each.isWalk() || walks++ % ALTERED_WALKS == 0) {
        altered.add(alterations.of(each));
      }
    }
    Report report = sameOfBoth(recordings, altered, RELEASE, "release");
    assertThat(report.mismatches()).hasSizeGreaterThan(500);
  }

  /** Their servers speak by other rules than were recorded, which shows in all manner of ways. */
  @ParameterizedTest
  @EnabledIfSystemProperty(named = "baton.long", matches = "true")
  @CsvSource({"main, release", "main, main", "release, main", "release, release"})
  void bothPlayersFindTheSameInEachAnswer(String recorded, String profile) throws Exception {
    Path recordings =
        recordings(recorded.equals("main") ? Recordings.folder() : Recordings.ofRelease());
    Report report =
        sameOfBoth(recordings, Transcript.in(recordings), Settings.without("none"), profile);
    assertThat(report.mismatches()).isNotEmpty();
  }

  private Report sameOfBoth(
      Path recordings, List<Transcript> transcripts, Settings settings, String profile)
      throws Exception {
    assumeTrue(OriginalPlayer.isHere(), "no python3 here to play the recorded vectors");
    Report theirs;
    try (BatonServer server = server(profile, "memory")) {
      theirs = OriginalPlayer.play(recordings, folder, transcripts, settings, server.port());
    }
    Report ours = play(transcripts, settings, profile, "memory");
    System.out.printf("vectors by both players, %s: %s; ours: %s%n", profile, theirs, ours);
    assertThat(ours.comparable().mismatches())
        .containsExactlyElementsOf(theirs.comparable().mismatches());
    assertThat(ours.comparable()).isEqualTo(theirs.comparable());
    return ours;
  }

  private static Path recordings(@Nullable Path folder) {
    assumeTrue(folder != null, "no recorded vectors here: set -Dbaton.vectors=<directory>");
    return Objects.requireNonNull(folder);
  }

  private Report play(List<Transcript> transcripts, Settings settings, String profile, String store)
      throws Exception {
    return Ensemble.play(transcripts, settings, () -> server(profile, store));
  }

  private BatonServer server(String profile, String store) throws Exception {
    Layers layers =
        switch (store) {
          case "sqlite" -> Servers.sqlite(Files.createTempDirectory(folder, "db").resolve("v.db"));
          case "postgres" -> Servers.postgres(Postgres.shared().newDatabase());
          default -> Servers.memory();
        };
    return Servers.start(layers.set(Key.DEBUG, "true").set(Key.PROFILE, profile));
  }

  private static boolean isDelaying(Transcript transcript) {
    return transcript.isWalk() && transcript.text().contains(DELAY);
  }

  private static Transcript inWordsOfRelease(Transcript transcript) {
    return new Transcript(
        transcript.name(), transcript.text().replace(TEXT_OF_MAIN, TEXT_OF_RELEASE));
  }
}
