package dev.baton.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** The alerts are what Prometheus takes, and fire when they should; skipped without promtool. */
class AlertsTest {

  private static boolean hasPromtool() {
    try {
      return Helm.run("promtool", "--version").exitCode() == 0;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  @Test
  void prometheusFindsNothingToSayOfThem() {
    assumeTrue(hasPromtool(), "there is no promtool here");
    Helm.Result checked =
        Helm.run(
            "promtool", "check", "rules", Helm.chart().resolve("files/alerts.yaml").toString());
    assertThat(checked.exitCode()).as(checked.output()).isZero();
  }

  @Test
  void thoseOfSeveralServersFireWhenTheyShould() {
    assumeTrue(hasPromtool(), "there is no promtool here");
    Helm.Result tested =
        Helm.run(
            "promtool",
            "test",
            "rules",
            Helm.root().resolve("charts/src/test/promtool/servers.yaml").toString());
    assertThat(tested.exitCode()).as(tested.output()).isZero();
  }
}
