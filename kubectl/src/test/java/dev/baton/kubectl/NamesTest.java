package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The plugin has no class of the operator, only its words. */
class NamesTest {

  private static final Path SOURCES = Path.of("src/main/java/dev/baton/kubectl");
  private static final Path WIRING =
      Path.of("../operator/src/main/java/dev/baton/operator/resources/Wiring.java");
  private static final Pattern CONSTANT =
      Pattern.compile("static final String (\\w+) = \"(baton\\.dev/[^\"]+)\"");

  @Test
  void theyAreTheOperators() {
    Map<String, String> operators = constants(WIRING);
    Map<String, String> ours = constants(SOURCES.resolve("Names.java"));
    assertThat(ours).hasSize(8);
    assertThat(operators).containsAllEntriesOf(ours);
  }

  @Test
  void nobodyWritesThemOnceMore() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      assertThat(files)
          .hasSizeGreaterThan(15)
          .filteredOn(it -> !it.endsWith("Names.java"))
          .allSatisfy(it -> assertThat(read(it)).doesNotContain("baton.dev/"));
    }
  }

  private static Map<String, String> constants(Path file) {
    return CONSTANT
        .matcher(read(file))
        .results()
        .collect(Collectors.toMap((MatchResult it) -> it.group(1), it -> it.group(2)));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }
}
