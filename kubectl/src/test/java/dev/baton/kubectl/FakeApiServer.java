package dev.baton.kubectl;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.NetClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The API server of a cluster that has a WorkerGroup in one namespace and its server in another. A
 * forwarded port ends at a port of this machine.
 */
final class FakeApiServer implements AutoCloseable {

  private static final String FORWARD = "/api/v1/namespaces/baton/pods/baton-server-0/portforward";

  private static final Map<String, String> OBJECTS =
      Map.of(
          "/apis/baton.dev/v1alpha1/namespaces/shop/workergroups",
          """
          {"apiVersion":"baton.dev/v1alpha1","kind":"WorkerGroupList","metadata":{},"items":[{
            "apiVersion":"baton.dev/v1alpha1","kind":"WorkerGroup","metadata":{"name":"w","namespace":"shop"},
            "spec":{"group":"workers","server":{"url":"http://baton-server.baton:8001",
              "tokenSecretRef":{"name":"secret","key":"jwt"}}}}]}
          """,
          "/api/v1/namespaces/shop/secrets/secret",
          """
          {"apiVersion":"v1","kind":"Secret","metadata":{"name":"secret"},"data":{"jwt":"TOKEN"}}
          """,
          "/api/v1/namespaces/baton/services/baton-server",
          """
          {"apiVersion":"v1","kind":"Service","metadata":{"name":"baton-server"},
            "spec":{"selector":{"app":"baton"},"ports":[{"name":"http","port":8001,"targetPort":"http"}]}}
          """,
          "/api/v1/namespaces/baton/pods",
          """
          {"apiVersion":"v1","kind":"PodList","metadata":{},"items":[{
            "apiVersion":"v1","kind":"Pod","metadata":{"name":"baton-server-0","namespace":"baton"},
            "spec":{"containers":[{"name":"server","ports":[{"name":"http","containerPort":9001}]}]},
            "status":{"conditions":[{"type":"Ready","status":"True"}]}}]}
          """);

  private final Vertx vertx = Vertx.vertx();
  private final NetClient sockets = vertx.createNetClient();
  private final List<String> forwarded = new CopyOnWriteArrayList<>();
  private final Map<String, String> shown = new ConcurrentHashMap<>(OBJECTS);
  private final List<String> patches = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final String token;
  private final int target;

  /**
   * Starts it.
   *
   * @param target where forwarded ports end
   * @param token what the Secret holds, in base64
   */
  FakeApiServer(int target, String token) {
    this.target = target;
    this.token = token;
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(0)
                    .setWebSocketSubProtocols(List.of("v4.channel.k8s.io", "portforward.k8s.io")))
            .requestHandler(this::answer)
            .webSocketHandler(this::forward)
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** What a command needs to find it. */
  String kubeconfig() {
    return """
    apiVersion: v1
    kind: Config
    clusters: [{name: c, cluster: {server: "%s"}}]
    users: [{name: u, user: {token: t}}]
    contexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}]
    current-context: x
    """
        .formatted(url());
  }

  /** The queries of the ports that have been forwarded. */
  List<String> forwarded() {
    return forwarded;
  }

  /** Answers that path with that object from now on. */
  void show(String path, String object) {
    shown.put(path, object);
  }

  /** What was patched, as it was sent. */
  List<String> patches() {
    return patches;
  }

  private void answer(HttpServerRequest request) {
    if (request.method().equals(HttpMethod.PATCH)) {
      request.bodyHandler(body -> {
        patches.add(body.toString());
        end(request);
      });
    } else {
      end(request);
    }
  }

  private void end(HttpServerRequest request) {
    String object = shown.get(request.path());
    request
        .response()
        .setStatusCode(object == null ? 404 : 200)
        .putHeader("content-type", "application/json")
        .end(object == null ? "{}" : object.replace("TOKEN", token));
  }

  /** As an API server does: each message begins with its channel, 0 for data and 1 for errors. */
  private void forward(ServerWebSocket client) {
    if (!client.path().equals(FORWARD)) {
      client.close();
      return;
    }
    forwarded.add(String.valueOf(client.query()));
    client.pause();
    sockets
        .connect(target, "127.0.0.1")
        .onSuccess(socket -> {
          client.write(Buffer.buffer(new byte[] {0, 0x29, 0x23}));
          client.write(Buffer.buffer(new byte[] {1, 0x29, 0x23}));
          socket.handler(data -> client.write(Buffer.buffer(new byte[] {0}).appendBuffer(data)));
          socket.closeHandler(_ -> client.close());
          client.binaryMessageHandler(data -> socket.write(data.slice(1, data.length())));
          client.closeHandler(_ -> socket.close());
          client.resume();
        });
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
