package dev.baton.guides;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever begins with the README finds every page, and no link leads nowhere. */
final class LinksTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern FENCED = Pattern.compile("```.*?```", Pattern.DOTALL);
  private static final Pattern LINK =
      Pattern.compile("]\\((?<path>[^)\\s#]*)(#(?<heading>[^)\\s]+))?\\)");
  private static final Pattern SCHEME = Pattern.compile("[a-z]+:.*");
  private static final Pattern HEADING = Pattern.compile("^#+ (?<text>.*)$", Pattern.MULTILINE);
  private static final Pattern NOT_IN_ANCHORS =
      Pattern.compile("[^\\p{IsAlphabetic}\\p{IsDigit}_ -]");

  /** What stands behind the brackets of a link; without a path it is the page itself. */
  private record Link(Path page, String path, String heading) {

    Path target() {
      return path.isEmpty() ? page : page.resolveSibling(path).normalize();
    }

    /** The page that a reader comes to: a folder shows its README. */
    Path shown() {
      return Files.isDirectory(target()) ? target().resolve("README.md") : target();
    }

    boolean leadsSomewhere() {
      return Files.exists(target()) && (heading.isEmpty() || anchors(shown()).contains(heading));
    }

    @Override
    public String toString() {
      return ROOT.relativize(page) + ": " + path + (heading.isEmpty() ? "" : "#" + heading);
    }
  }

  @Test
  void everyLinkLeadsToAFileAndToAHeadingOfIt() throws IOException {
    List<Link> links = pages().stream().flatMap(LinksTest::links).toList();
    assertThat(links).hasSizeGreaterThan(200);
    assertThat(links).allMatch(Link::leadsSomewhere);
  }

  @Test
  void everyPageIsReachedFromTheReadme() throws IOException {
    Set<Path> reached = new TreeSet<>();
    var ahead = new ArrayDeque<>(List.of(ROOT.resolve("README.md")));
    while (!ahead.isEmpty()) {
      Path page = ahead.remove();
      if (page.toString().endsWith(".md") && Files.exists(page) && reached.add(page)) {
        links(page).map(Link::shown).forEach(ahead::add);
      }
    }
    assertThat(reached).containsAll(pages());
  }

  private static Set<Path> pages() throws IOException {
    Set<Path> pages = new TreeSet<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean isMade = name.equals("target") || name.equals("node_modules");
            return isMade || name.startsWith(".")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".md")) {
              pages.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return pages;
  }

  private static Stream<Link> links(Path page) {
    List<Link> links = new ArrayList<>();
    for (MatchResult link : LINK.matcher(prose(page)).results().toList()) {
      if (!SCHEME.matcher(link.group("path")).matches()) {
        String heading = link.group("heading");
        links.add(new Link(page, link.group("path"), heading == null ? "" : heading));
      }
    }
    return links.stream();
  }

  /** The anchors that a forge makes of a page's headings. */
  private static Set<String> anchors(Path page) {
    return HEADING
        .matcher(prose(page))
        .results()
        .map(heading -> heading.group("text").strip().toLowerCase(Locale.ROOT))
        .map(text -> NOT_IN_ANCHORS.matcher(text).replaceAll("").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  /** A page without its code. */
  private static String prose(Path page) {
    try {
      return FENCED.matcher(Files.readString(page)).replaceAll("");
    } catch (IOException e) {
      throw new UncheckedIOException("could not read " + page, e);
    }
  }
}
