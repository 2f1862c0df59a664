package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server whose volume is full: Kubernetes sends nobody to it, and then everybody again. */
@ExtendWith(Docker.class)
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class FullDiskStoryIT {
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: full}
      spec:
        securityContext: {fsGroup: 10001}
        terminationGracePeriodSeconds: 1
        containers:
          - name: server
            image: baton-server:dev
            imagePullPolicy: Never
            args: [serve, --storage-sqlite-path=/data/baton.db]
            ports: [{name: http, containerPort: 8001}]
            readinessProbe:
              httpGet: {path: /ready, port: http}
              periodSeconds: 2
              timeoutSeconds: 2
            livenessProbe:
              httpGet: {path: /health, port: http}
              periodSeconds: 10
              timeoutSeconds: 3
            volumeMounts: [{name: data, mountPath: /data}]
        volumes:
          - name: data
            emptyDir: {medium: Memory, sizeLimit: 8Mi}
      """;

  private static final String CREATE =
      """
      {"kind": "promise.create", "head": {"corrId": "c", "version": "2026-04-01"},
       "data": {"id": "%s", "timeoutAt": 9999999999999, "param": {"data": "%s"}}}
      """;

  @RegisterExtension static final Story STORY = Story.ofEmptyCluster();

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  void run() {
    STORY.cluster().tryKubectl("create", "namespace", Cluster.NAMESPACE);
    STORY.cluster().tryApply(POD).orFail("making the pod");
    await("the server is ready").atMost(Duration.ofMinutes(1)).until(FullDiskStoryIT::isReady);
  }

  private static boolean isReady() {
    return STORY
        .cluster()
        .tryKubectl(
            "get", "pod", "full", "-o", "jsonpath={.status.conditions[?(@.type=='Ready')].status}")
        .output()
        .contains("True");
  }

  private int create(LocalPortForward server, String id, int size) {
    var uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
    var body = HttpRequest.BodyPublishers.ofString(CREATE.formatted(id, "x".repeat(size)));
    try {
      return http.send(
              HttpRequest.newBuilder(uri).POST(body).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      throw new AssertionError("the server did not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aServerThatCannotSaveIsNotReadyAndServesSoonAfterThereIsRoom() {
    var pod = STORY.cluster().client().pods().inNamespace(Cluster.NAMESPACE).withName("full");
    try (var server = pod.portForward(8001)) {
      assertThat(create(server, "first", 10)).isEqualTo(200);
      // dd ends with an error when there is no room left; that is what it is for.
      STORY
          .cluster()
          .tryKubectl(
              "exec", "full", "--", "dd", "if=/dev/zero", "of=/data/filler", "bs=1k", "count=9000");
      var from = Instant.now();
      await("nothing can be saved")
          .atMost(Duration.ofSeconds(30))
          .until(() -> create(server, "a" + Instant.now().toEpochMilli(), 100_000) != 200);
      await("Kubernetes knows").atMost(Duration.ofSeconds(30)).until(() -> !isReady());
      STORY.figure("full volume: not Ready", from);
      var room = Instant.now();
      STORY.cluster().kubectl("exec", "full", "--", "rm", "/data/filler");
      await("it is ready again").atMost(Duration.ofSeconds(30)).until(FullDiskStoryIT::isReady);
      assertThat(create(server, "later", 100_000)).isEqualTo(200);
      STORY.figure("room again: Ready and serving", room);
      assertThat(Duration.between(room, Instant.now())).isLessThan(Duration.ofSeconds(5));
      assertThat(create(server, "first", 10)).as("it is still there").isEqualTo(200);
    } catch (IOException e) {
      throw new AssertionError("closing the forwarded port", e);
    }
    assertThat(
            STORY
                .cluster()
                .kubectl(
                    "get",
                    "pod",
                    "full",
                    "-o",
                    "jsonpath={.status.containerStatuses[0].restartCount}"))
        .as("no restart was needed")
        .isEqualTo("0");
  }
}
