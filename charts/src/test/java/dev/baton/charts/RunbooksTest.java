package dev.baton.charts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whoever is woken up finds a page. */
class RunbooksTest {

  private static final Pattern ALERT =
      Pattern.compile(
          "- alert: (\\w+)\\n(?:(?!- alert)[\\s\\S])*?runbook_url: docs/runbooks/(\\w+)\\.md");

  private static final Path PAGES = Helm.root().resolve("docs/runbooks");

  @Test
  void eachAlertNamesItsPageAndEachPageIsOfAnAlert() throws IOException {
    String rules = Files.readString(Helm.chart().resolve("files/alerts.yaml"));
    Set<String> alerts = new TreeSet<>();
    ALERT
        .matcher(rules)
        .results()
        .forEach(found -> {
          assertThat(found.group(2)).isEqualTo(found.group(1));
          alerts.add(found.group(1));
        });
    assertThat(alerts).hasSize(rules.split("- alert: ", -1).length - 1).hasSizeGreaterThan(10);
    Set<String> pages = new TreeSet<>();
    try (Stream<Path> files = Files.list(PAGES)) {
      files.forEach(file -> pages.add(file.getFileName().toString().replace(".md", "")));
    }
    pages.remove("README");
    assertThat(pages).isEqualTo(alerts);
    String index = Files.readString(PAGES.resolve("README.md"));
    for (String alert : alerts) {
      assertThat(Files.readString(PAGES.resolve(alert + ".md")))
          .startsWith("# " + alert + "\n")
          .contains("**It fires when**", "**What users notice.**", "## Look at", "## What helps");
      assertThat(index).contains("[" + alert + "](" + alert + ".md)");
    }
  }

  @Test
  void linksOfThePagesLeadSomewhere() throws IOException {
    try (Stream<Path> files = Files.list(PAGES)) {
      for (Path file : files.toList()) {
        Pattern.compile("\\]\\(([^)#]+)[^)]*\\)")
            .matcher(Files.readString(file))
            .results()
            .forEach(link -> assertThat(PAGES.resolve(link.group(1))).as("%s", file).exists());
      }
    }
  }
}
