package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What commands say to what cannot be meant. */
class WrongInputsIT {

  private static final String GROUP = "/apis/baton.dev/v1alpha1/namespaces/shop/workergroups/w";

  private static final String NOBODY =
      """
      clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
      users: [{name: u, user: {token: t}}]
      contexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}, {name: y, context: {cluster: c, user: u}}]
      """;

  @TempDir Path folder = Path.of("");

  @AfterEach
  void forget() {
    System.clearProperty("kubeconfig");
  }

  @Test
  void aKubeconfigThatIsNotThereIsNamed() {
    assertThat(fail(1, "groups", "--kubeconfig", "nowhere"))
        .isEqualTo("Error: the kubeconfig nowhere is not there, or you may not read it\n");
  }

  @Test
  void whatIsNoKubeconfigIsSaidInOneLine() throws IOException {
    assertThat(fail(1, "groups", "--kubeconfig", kubeconfig("hello")))
        .startsWith("Error: the kubeconfig cannot be understood: ")
        .hasLineCount(1);
  }

  @Test
  void aContextThatTheKubeconfigHasNotIsNotTakenForAnother() throws IOException {
    String file = kubeconfig(NOBODY + "current-context: x\n");
    assertThat(fail(1, "groups", "--kubeconfig", file, "--context", "z"))
        .isEqualTo("Error: the kubeconfig has no context z; it has x, y\n");
    assertThat(fail(1, "groups", "--kubeconfig", kubeconfig(NOBODY)))
        .isEqualTo("Error: the kubeconfig has no current context; choose with --context: x, y\n");
  }

  @Test
  void aClusterThatDoesNotAnswerIsSaid() throws IOException {
    String file = kubeconfig(NOBODY + "current-context: x\n");
    assertThat(fail(1, "groups", "--kubeconfig", file))
        .isEqualTo(
            "Error: the cluster of the kubeconfig cannot be reached: nobody answers at its"
                + " address\n");
  }

  @Test
  void aCommandThatIsAlmostOneIsGuessed() {
    assertThat(fail(2, "grops"))
        .isEqualTo(
            "Unmatched argument at index 0: 'grops'; did you mean groups?\n"
                + "See 'kubectl baton --help'.\n");
  }

  @Test
  void aReportWithoutAFolderIsNotBegun() throws IOException {
    String file = kubeconfig(NOBODY + "current-context: x\n");
    Path to = folder.resolve("nowhere").resolve("report.zip");
    assertThat(fail(1, "report", "--kubeconfig", file, "-f", to.toString()))
        .isEqualTo("Error: there is no folder %s for report.zip\n".formatted(to.getParent()));
  }

  @Test
  void aTimeThatCannotBeWaitedIsWrongUsage() throws IOException {
    try (FakeApiServer api = new FakeApiServer(1, "")) {
      api.show(GROUP, "{\"metadata\":{\"name\":\"w\"},\"spec\":{}}");
      String file = kubeconfig(api.kubeconfig());
      assertThat(fail(2, "rollout", "status", "w", "--timeout", "-1", "--kubeconfig", file))
          .startsWith("--timeout must be 0 or more, not -1\nSee 'kubectl baton rollout status");
    }
  }

  private String kubeconfig(String text) throws IOException {
    Path file = folder.resolve("kubeconfig");
    Files.writeString(file, text);
    return file.toString();
  }

  private static String fail(int code, String... arguments) {
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err, true));
    assertThat(line.execute(arguments)).as(err::toString).isEqualTo(code);
    return err.toString();
  }
}
