package dev.baton.charts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The chart gives what it is known to give. {@code scripts/render-chart.sh} renews that. */
@ExtendWith(Helm.class)
class ChartTest {

  static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.list(Helm.root().resolve("charts/tests"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void helmFindsNothingToSayOf(Path values) {
    Helm.Result lint =
        Helm.run(
            "helm", "lint", "--strict", "--values", values.toString(), Helm.chart().toString());
    assertThat(lint.exitCode()).as(lint.output()).isZero();
  }

  @Test
  void whatIsRenderedIsWhatIsCommitted(@TempDir Path scratch) throws IOException {
    Helm.Result script =
        Helm.run(Helm.root().resolve("scripts/render-chart.sh").toString(), scratch.toString());
    assertThat(script.exitCode()).as(script.output()).isZero();
    List<Path> rendered;
    try (Stream<Path> files = Files.walk(scratch)) {
      rendered = files.filter(Files::isRegularFile).map(scratch::relativize).toList();
    }
    assertThat(rendered).hasSizeGreaterThan(cases().size());
    for (Path file : rendered) {
      assertThat(Helm.root().resolve(file))
          .as("%s; after a change of the chart: scripts/render-chart.sh", file)
          .exists()
          .hasSameTextualContentAs(scratch.resolve(file));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          crds.keep=true     | 1 | 1
          crds.keep=false    | 1 | 0
          crds.install=false | 0 | 0
          """)
  void theKindIsInstalledAndKeptAsAskedFor(String value, int kinds, int kept) {
    Helm.Result rendered = Helm.template("--set", value);
    assertThat(rendered.exitCode()).as(rendered.output()).isZero();
    assertThat(count(rendered.output(), "kind: CustomResourceDefinition")).isEqualTo(kinds);
    assertThat(count(rendered.output(), "helm.sh/resource-policy: keep")).isEqualTo(kept);
  }

  @Test
  void theDashboardIsAConfigMapThatGrafanaFinds() throws IOException {
    Helm.Result rendered = Helm.template("--set", "metrics.dashboard.enabled=true");
    assertThat(rendered.exitCode()).as(rendered.output()).isZero();
    String dashboard =
        Files.readString(Helm.chart().resolve("files/dashboard.json")).indent(4).stripTrailing();
    assertThat(rendered.output())
        .contains("grafana_dashboard: \"1\"", "  baton.json: |\n" + dashboard);
  }

  private static long count(String text, String line) {
    return text.lines().filter(it -> it.strip().equals(line)).count();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          nonsense=1                          | additional properties 'nonsense' not allowed
          server.nonsense=1                   | additional properties 'nonsense' not allowed
          server.persistence.size=big         | at '/server/persistence/size': 'big' does not match
          image.pullPolicy=Sometimes          | at '/image/pullPolicy': value must be one of 'Always'
          workerGroups.Workers.image=worker:1 | 'Workers' does not match pattern
          server.enabled=false,workerGroups.workers.image=worker:1 | server.url is missing: server.enabled is false
          workerGroups.workers.spec.slots=1   | workerGroups.workers needs an image or a spec.template
          server.readyGraceSeconds=11         | server.terminationGracePeriodSeconds must be at least server.readyGraceSeconds and 20 more: 31
          server.replicas=3                   | server.replicas is 3, but storage.type is sqlite, whose file has one server
          storage.type=postgres               | storage.postgres.existingSecret is missing
          storage.postgres.embedded.enabled=true | storage.postgres.embedded.enabled is true, but storage.type is sqlite
          server.persistence.enabled=false,server.persistence.existingClaim=mine | server.persistence.existingClaim is mine, but server.persistence.enabled is false
          image.tag=not a tag                 | at '/image/tag': 'not a tag' does not match
          server.image.tag=a/b                | at '/server/image/tag': 'a/b' does not match
          server.auth.publicKey=key           | at '/server/auth/publicKey': 'key' does not match
          storage.type=mysql                  | at '/storage/type': value must be one of 'sqlite'
          server.terminationGracePeriodSeconds=20 | must be at least server.readyGraceSeconds and 20 more: 25
          """)
  void aWrongValueIsRefusedByName(String value, String message) {
    Helm.Result rendered = Helm.template("--set", value);
    assertThat(rendered.exitCode()).isNotZero();
    assertThat(rendered.output()).contains(message);
  }

  @Test
  void thePostgresqlOfTheChartsOwnComesWithItsSecretAndSaysWhatItIs() {
    Helm.Result rendered =
        Helm.template(
            "--set",
            "storage.type=postgres,storage.postgres.embedded.enabled=true",
            "--show-only=templates/server/postgres.yaml");
    assertThat(rendered.exitCode()).as(rendered.output()).isZero();
    assertThat(rendered.output())
        .contains("It is no production", "image: postgres:18.1", "name: baton-postgres\n");
    String password = decoded(rendered.output(), "password");
    assertThat(password).matches("[A-Za-z0-9]{32}");
    assertThat(decoded(rendered.output(), "uri"))
        .isEqualTo("postgresql://baton:" + password + "@baton-postgres.baton:5432/baton");
  }

  private static String decoded(String manifest, String key) {
    String value =
        manifest
            .lines()
            .filter(line -> line.startsWith("  " + key + ": "))
            .findFirst()
            .orElseThrow();
    return new String(Base64.getDecoder().decode(value.substring(key.length() + 4)), UTF_8);
  }

  @Test
  void withoutTheKindInTheClusterWorkerGroupsAreLeftOut() {
    Helm.Result rendered =
        Helm.run(
            "helm",
            "template",
            "baton",
            Helm.chart().toString(),
            "--kube-version=1.34.0",
            "--set=workerGroups.workers.image=worker:1");
    assertThat(rendered.exitCode()).as(rendered.output()).isZero();
    assertThat(rendered.output()).doesNotContain("\nkind: WorkerGroup\n");
  }
}
