package dev.baton.kubectl;

import dev.baton.testing.Certificates;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

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
  private final Map<String, ServerWebSocket> watches = new ConcurrentHashMap<>();
  private final List<String> patches = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final String token;
  private final int target;
  private final @Nullable Certificates certificates;

  /**
   * Starts it.
   *
   * @param target where forwarded ports end
   * @param token what the Secret holds, in base64
   */
  FakeApiServer(int target, String token) {
    this(target, token, null);
  }

  /**
   * Starts one that speaks TLS, and lets in who has a certificate of the same authority.
   *
   * @param certificates null: without TLS
   */
  FakeApiServer(int target, String token, @Nullable Certificates certificates) {
    this.target = target;
    this.token = token;
    this.certificates = certificates;
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost("127.0.0.1")
            .setPort(0)
            .setWebSocketSubProtocols(List.of("v4.channel.k8s.io", "portforward.k8s.io"));
    if (certificates != null) {
      options
          .setSsl(true)
          .setUseAlpn(true)
          .setClientAuth(ClientAuth.REQUIRED)
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .setCertPath(certificates.certificate().toString())
                  .setKeyPath(certificates.key().toString()))
          .setTrustOptions(new PemTrustOptions().addCertPath(certificates.authority().toString()));
    }
    this.server =
        vertx
            .createHttpServer(options)
            .requestHandler(this::answer)
            .webSocketHandler(this::forward)
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  String url() {
    return (certificates == null ? "http" : "https") + "://127.0.0.1:" + server.actualPort();
  }

  /** What a command needs to find it. */
  String kubeconfig() {
    return """
    apiVersion: v1
    kind: Config
    clusters: [{name: c, cluster: {server: "%s"%s}}]
    users: [{name: u, user: {%s}}]
    contexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}]
    current-context: x
    """
        .formatted(
            url(),
            certificates == null
                ? ""
                : ", certificate-authority-data: " + base64(certificates.authority()),
            certificates == null
                ? "token: t"
                : "client-certificate-data: %s, client-key-data: %s"
                    .formatted(base64(certificates.certificate()), base64(certificates.key())));
  }

  private static String base64(Path file) {
    try {
      return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException("reading a certificate", e);
    }
  }

  /** The paths that were asked for. */
  List<String> asked() {
    return asked;
  }

  /** The queries of the ports that have been forwarded. */
  List<String> forwarded() {
    return forwarded;
  }

  /** Answers that path with that object from now on. */
  void show(String path, String object) {
    shown.put(path, object);
    tell(path, "MODIFIED", object);
  }

  /** Has no such object any more. */
  void remove(String path) {
    String object = shown.remove(path);
    if (object != null) {
      tell(path, "DELETED", object);
    }
  }

  private void tell(String path, String type, String object) {
    ServerWebSocket watch = watches.get(path);
    if (watch != null) {
      watch.writeTextMessage("{\"type\":\"%s\",\"object\":%s}".formatted(type, object));
    }
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
    String name = name(request.getParam("fieldSelector", ""));
    asked.add(request.method() + " " + request.path());
    String object = name == null ? shown.get(request.path()) : list(request.path() + "/" + name);
    request
        .response()
        .setStatusCode(object == null ? 404 : 200)
        .putHeader("content-type", "application/json")
        .end(object == null ? "{}" : object.replace("TOKEN", token));
  }

  /** That of the one object that is asked for by a list, or null. */
  private static @Nullable String name(String selector) {
    return selector.startsWith("metadata.name=")
        ? selector.substring("metadata.name=".length())
        : null;
  }

  private String list(String path) {
    return """
    {"apiVersion":"baton.dev/v1alpha1","kind":"WorkerGroupList","metadata":{"resourceVersion":"1"},"items":[%s]}
    """
        .formatted(shown.getOrDefault(path, ""));
  }

  /** As an API server does: each message begins with its channel, 0 for data and 1 for errors. */
  private void forward(ServerWebSocket client) {
    QueryStringDecoder asking = new QueryStringDecoder(client.uri());
    if (asking.parameters().containsKey("watch")) {
      String selector = asking.parameters().getOrDefault("fieldSelector", List.of("")).getFirst();
      watches.put(client.path() + "/" + name(selector), client);
      asked.add("WATCH " + client.path());
      return;
    }
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
