package dev.baton.guides;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The pages show code that is compiled and run: a block below {@code <!-- snippet: FILE#REGION -->}
 * is that region of that file. {@code -Dguides.write=true} writes the blocks anew.
 */
final class PagesTest {

  private static final Path GUIDES = Path.of("../docs/guides");
  private static final Path ROOT = Path.of("..");

  private static final Pattern SNIPPET =
      Pattern.compile(
          "<!-- snippet: (?<file>\\S+)#(?<region>\\S+) -->\n```java\n(?<code>.*?)```\n",
          Pattern.DOTALL);

  static List<Path> pages() throws IOException {
    try (var files = Files.list(GUIDES)) {
      return files.filter(file -> contains(file, "<!-- snippet:")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void showsTheCodeThatIsRun(Path page) throws IOException {
    var text = Files.readString(page);
    var wanted = SNIPPET.matcher(text).replaceAll(PagesTest::written);
    if (Boolean.getBoolean("guides.write")) {
      Files.writeString(page, wanted);
    }
    assertThat(Files.readString(page))
        .as("write it anew with -Dguides.write=true")
        .isEqualTo(wanted);
  }

  @Test
  void eachPatternHasAPageThatTheIndexNames() throws IOException {
    var index = Files.readString(GUIDES.resolve("README.md"));
    for (String pattern :
        List.of("fan-out", "human-in-the-loop", "saga", "async-http", "factorial", "schedule")) {
      assertThat(pages())
          .extracting(page -> page.getFileName().toString())
          .contains(pattern + ".md");
      assertThat(index).contains(pattern + ".md");
    }
  }

  private static String written(MatchResult block) {
    String file = block.group("file");
    String region = block.group("region");
    return Matcher.quoteReplacement(
        "<!-- snippet: %s#%s -->%n```java%n%s```%n".formatted(file, region, region(file, region)));
  }

  /** A region's lines, as far to the left as they go. */
  private static String region(String file, String region) {
    try {
      var lines = Files.readAllLines(ROOT.resolve(file));
      int start = indexOf(lines, 0, "// @start region=\"" + region + "\"", file);
      int end = indexOf(lines, start, "// @end", file);
      return String.join("\n", lines.subList(start + 1, end)).stripTrailing().stripIndent() + "\n";
    } catch (IOException e) {
      throw new IllegalStateException("no file " + file, e);
    }
  }

  private static int indexOf(List<String> lines, int from, String mark, String file) {
    for (int i = from; i < lines.size(); i++) {
      if (lines.get(i).strip().equals(mark)) {
        return i;
      }
    }
    throw new IllegalStateException("no line '" + mark + "' in " + file);
  }

  private static boolean contains(Path file, String text) {
    try {
      return Files.isRegularFile(file) && Files.readString(file).contains(text);
    } catch (IOException e) {
      throw new IllegalStateException("could not read " + file, e);
    }
  }
}
