package dev.baton.server.recorded;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * What was said to a server, and what it answered.
 *
 * @param name its file's, unpacked
 * @param text a line of JSON about it, then one for each step
 */
public record Transcript(String name, String text) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Those of a folder of recordings, in the order of their names. */
  public static List<Transcript> in(Path recordings) throws IOException {
    List<Transcript> transcripts = new ArrayList<>();
    for (String kind : List.of("scenarios", "walks")) {
      try (Stream<Path> files = Files.list(recordings.resolve(kind))) {
        for (Path file : files.sorted().toList()) {
          transcripts.add(read(file));
        }
      }
    }
    return transcripts;
  }

  private static Transcript read(Path file) throws IOException {
    String name = file.getFileName().toString();
    try (var raw = Files.newInputStream(file);
        var plain = name.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return new Transcript(name.replace(".gz", ""), new String(plain.readAllBytes(), UTF_8));
    }
  }

  /** Whether it is a walk that no person thought out. */
  public boolean isWalk() {
    return name.startsWith("walk-");
  }

  /** Whether it takes its time from the wall clock. */
  public boolean isRealtime() {
    return text.lines().findFirst().orElseThrow().contains("\"realtime\":true");
  }

  /** What it is about, then its steps. */
  List<JsonNode> lines() throws JsonProcessingException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : text.split("\n")) {
      if (!line.isBlank()) {
        lines.add(JSON.readTree(line));
      }
    }
    return lines;
  }
}
