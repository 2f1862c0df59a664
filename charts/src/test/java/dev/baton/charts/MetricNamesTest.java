package dev.baton.charts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the dashboard and the alerts ask for is there. The server's own test looks for what begins
 * with baton, resonate or jvm; here is the rest, which the operator's documentation lists and the
 * operator's own test finds.
 */
class MetricNamesTest {

  private static final Pattern EXPRESSION = Pattern.compile("(?m)\"?expr\"?: \"?(.*?)\"?,?$");

  /** What is in brackets of any kind but functions' is not a metric, and neither is a string. */
  private static final Pattern ASIDE =
      Pattern.compile("\\\\?\"[^\"]*\"|\\{[^}]*}|\\[[^]]*]|\\b(by|without) \\([^)]*\\)");

  private static final Pattern NAME = Pattern.compile("\\b[a-z][a-z_]+\\b(?!\\s*\\()");

  private static final Set<String> WORDS = Set.of("and", "or", "unless", "by", "bool");

  @ParameterizedTest
  @ValueSource(strings = {"dashboard.json", "alerts.yaml"})
  void everyMetricIsTheServersOrDocumentedByTheOperator(String file) throws IOException {
    String text = Files.readString(Helm.chart().resolve("files").resolve(file));
    List<String> expressions =
        EXPRESSION.matcher(text).results().map(found -> found.group(1)).toList();
    assertThat(expressions).hasSizeGreaterThan(8);
    Set<String> others = new TreeSet<>();
    for (String expression : expressions) {
      Set<String> names =
          NAME.matcher(ASIDE.matcher(expression).replaceAll(" "))
              .results()
              .map(MatchResult::group)
              .filter(name -> !WORDS.contains(name))
              .collect(Collectors.toSet());
      assertThat(names).as(expression).isNotEmpty();
      others.addAll(names);
    }
    others.removeIf(name -> name.matches("(baton(?!_operator)|resonate|jvm)_.*"));
    Set<String> documented = documented();
    assertThat(others)
        .isNotEmpty()
        .allSatisfy(
            name -> assertThat(documented).contains(name.replaceFirst("_(bucket|count|sum)$", "")));
  }

  private static Set<String> documented() throws IOException {
    String page = Files.readString(Helm.root().resolve("docs/workergroup.md"));
    return Pattern.compile("(?m)^\\| `([a-z_]+)`")
        .matcher(page)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toSet());
  }
}
