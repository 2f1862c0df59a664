package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the commands about rollouts say and write, at an API server. */
class RolloutCommandsIT {

  private static final String GROUPS = "/apis/baton.dev/v1alpha1/namespaces/shop/workergroups";
  private static final String GROUP = GROUPS + "/w";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String REVISIONS = "/apis/apps/v1/namespaces/shop/controllerrevisions";

  private static final String MOVING =
      """
      {"apiVersion":"baton.dev/v1alpha1","kind":"WorkerGroup",
       "metadata":{"name":"w","namespace":"shop","generation":2,"resourceVersion":"7"},
       "spec":{"template":{"spec":{"containers":[{"name":"w","image":"i:2"}]}}},
       "status":{"observedGeneration":2,"conditions":[
         {"type":"Ready","status":"False"},{"type":"Stalled","status":"False"},
         {"type":"Progressing","status":"%s","reason":"%s","message":"revision b is at step 1"}],
       "rollout":{"phase":"Pausing","stable":"a","target":"b","step":1,"steps":2,"continueWith":"b-1-step-1"}}}
      """;

  private final FakeApiServer api = new FakeApiServer(1, "");
  @TempDir Path folder = Path.of("");

  @AfterEach
  void stop() {
    System.clearProperty("kubeconfig");
    api.close();
  }

  private record Result(int code, String out, String err) {}

  @Test
  void statusTellsWhereItStands() throws IOException {
    api.show(GROUP, MOVING.formatted("True", "RollingOut"));
    assertThat(run("rollout", "status", "w", "--no-watch"))
        .isEqualTo(new Result(0, "revision b is at step 1.\n", ""));
    assertThat(run("-n", "shop", "rollout", "status", "w", "--no-watch", "-o", "json").out())
        .contains("\"standing\" : \"moving\"", "\"target\" : \"b\"", "\"step\" : \"1\"");
    assertThat(run("rollout", "status", "w", "--timeout", "1"))
        .isEqualTo(
            new Result(
                1,
                "revision b is at step 1.\n",
                "Error: w is not done after 1 s: revision b is at step 1\n"));
    api.show(
        GROUP,
        MOVING
            .formatted("False", "RolledBack")
            .replace("\"Stalled\",\"status\":\"False", "\"Stalled\",\"status\":\"True"));
    assertThat(run("rollout", "status", "w"))
        .isEqualTo(
            new Result(1, "revision b is at step 1.\n", "Error: the rollout of w has failed\n"));
    api.show(
        GROUP,
        MOVING
            .formatted("False", "Settled")
            .replace("\"Ready\",\"status\":\"False", "\"Ready\",\"status\":\"True"));
    assertThat(run("rollout", "status", "w").code()).isZero();
  }

  @Test
  void statusWaitsByAWatch() {
    api.show(GROUP, MOVING.formatted("True", "RollingOut"));
    CompletableFuture<Result> status = beside("rollout", "status", "w");
    await().until(() -> api.asked().contains("WATCH " + GROUPS));
    api.show(
        GROUP,
        MOVING
            .formatted("True", "RollingOut")
            .replace("\"7\"", "\"8\"")
            .replace("step 1\"", "step 2\""));
    api.show(
        GROUP,
        MOVING
            .formatted("False", "Settled")
            .replace("\"7\"", "\"9\"")
            .replace("\"Ready\",\"status\":\"False", "\"Ready\",\"status\":\"True"));
    assertThat(status)
        .succeedsWithin(PATIENCE)
        .isEqualTo(
            new Result(
                0,
                "revision b is at step 1.\nrevision b is at step 2.\nrevision b is at step 1.\n",
                ""));
    assertThat(api.asked()).containsExactly("GET " + GROUP, "GET " + GROUPS, "WATCH " + GROUPS);
  }

  @Test
  void statusEndsWithTheWorkerGroup() {
    api.show(GROUP, MOVING.formatted("True", "RollingOut"));
    CompletableFuture<Result> status = beside("rollout", "status", "w");
    await().until(() -> api.asked().contains("WATCH " + GROUPS));
    api.remove(GROUP);
    assertThat(status)
        .succeedsWithin(PATIENCE)
        .isEqualTo(
            new Result(
                1,
                "revision b is at step 1.\n",
                "Error: namespace shop has no WorkerGroup w any more\n"));
  }

  @Test
  void historyAndUndo() throws IOException {
    api.show(GROUP, MOVING.formatted("True", "RollingOut"));
    api.show(
        REVISIONS,
        """
        {"apiVersion":"apps/v1","kind":"ControllerRevisionList","metadata":{},"items":[%s,%s]}
        """
            .formatted(revision("a", 1, "i:1"), revision("b", 2, "i:2")));
    assertThat(run("rollout", "history", "w").out())
        .isEqualTo(
            """
            REVISION   NUMBER   STATE              CREATED                CHANGE-CAUSE
            b          2        being rolled out   2026-01-01T00:00:00Z   -
            a          1        in use             2026-01-01T00:00:00Z   -
            """);
    assertThat(run("rollout", "history", "w", "--revision", "a").out()).contains("\"i:1\"");
    assertThat(run("rollout", "undo", "w").out())
        .isEqualTo("workergroup w: the spec has the template of revision a again\n");
    assertThat(api.patches())
        .containsExactly(
            "[{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":\"7\"},"
                + "{\"op\":\"replace\",\"path\":\"/spec/template\",\"value\":"
                + "{\"spec\":{\"containers\":[{\"name\":\"w\",\"image\":\"i:1\"}]}}}]");
  }

  @Test
  void pauseAndResume() throws IOException {
    api.show(GROUP, MOVING.formatted("False", "Paused"));
    assertThat(run("rollout", "pause", "w").out())
        .isEqualTo("workergroup w: the rollout is paused\n");
    assertThat(run("rollout", "resume", "w", "-o", "json").out())
        .contains("\"workerGroup\" : \"w\"");
    assertThat(api.patches())
        .containsExactly(
            "{\"spec\":{\"paused\":true}}",
            "{\"metadata\":{\"annotations\":{\"baton.dev/rollout-continue\":\"b-1-step-1\"}}}");
    api.show(
        GROUP,
        MOVING.formatted("True", "RollingOut").replace(",\"continueWith\":\"b-1-step-1\"", ""));
    assertThat(run("rollout", "resume", "w"))
        .isEqualTo(
            new Result(1, "", "Error: nothing of w waits for somebody: revision b is at step 1\n"));
  }

  @Test
  void whatIsNotThereIsNamed() throws IOException {
    assertThat(run("rollout", "status", "x"))
        .isEqualTo(new Result(1, "", "Error: namespace shop has no WorkerGroup x\n"));
    assertThat(run("rollout", "undo").code()).isEqualTo(2);
    assertThat(run("rollout").code()).isEqualTo(2);
  }

  private static String revision(String name, int number, String image) {
    return """
    {"apiVersion":"apps/v1","kind":"ControllerRevision","metadata":{"name":"w-%1$s","creationTimestamp":"2026-01-01T00:00:00Z",
     "annotations":{"baton.dev/revision":"%1$s"}},"revision":%2$d,
     "data":{"spec":{"template":{"spec":{"containers":[{"name":"w","image":"%3$s"}]}}}}}\
    """
        .formatted(name, number, image);
  }

  private CompletableFuture<Result> beside(String... arguments) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return run(arguments);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  private Result run(String... arguments) throws IOException {
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(kubeconfig, api.kubeconfig());
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    System.setProperty("kubeconfig", kubeconfig.toString());
    List<String> all = new ArrayList<>(List.of(Arguments.commandFirst(arguments)));
    int code = line.execute(all.toArray(String[]::new));
    return new Result(code, out.toString(), err.toString());
  }
}
