package dev.baton.server.recorded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The player that came with the transcripts: {@code replay.py} beside their folder. */
public final class OriginalPlayer {

  private static final String MISMATCH = "MISMATCH ";
  private static final Pattern SUMMARY =
      Pattern.compile("(\\d+) vectors passed, (\\d+) failed, (\\d+) skipped; (\\d+) steps in .*");

  private OriginalPlayer() {}

  /** Whether there is what it needs. */
  public static boolean isHere() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Lets it play them against the server at that port.
   *
   * @param recordings the folder of recordings that it came with
   * @param folder an empty one, for files of the transcripts
   */
  public static Report play(
      Path recordings, Path folder, List<Transcript> transcripts, Settings settings, int port)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("python3", recordings.resolveSibling("replay.py").toString()));
    command.addAll(settings.options());
    command.addAll(List.of("--url", "http://127.0.0.1:" + port));
    for (Transcript transcript : transcripts) {
      Path file = folder.resolve(transcript.name());
      command.add(Files.writeString(file, transcript.text()).toString());
    }
    Process player = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(player.getInputStream().readAllBytes(), UTF_8).strip();
    player.waitFor();
    Matcher summary = SUMMARY.matcher(output.lines().reduce("", (_, last) -> last));
    if (!summary.matches()) {
      throw new AssertionError("the player of the recordings failed: " + output);
    }
    return new Report(
        Integer.parseInt(summary.group(1)),
        Integer.parseInt(summary.group(2)),
        Integer.parseInt(summary.group(3)),
        Integer.parseInt(summary.group(4)),
        output
            .lines()
            .filter(line -> line.startsWith(MISMATCH))
            .map(line -> line.substring(MISMATCH.length()))
            .toList());
  }
}
