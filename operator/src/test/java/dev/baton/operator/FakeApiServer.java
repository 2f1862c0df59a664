package dev.baton.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * As much of a Kubernetes API server as an operator needs to start: one WorkerGroup and no pods.
 */
final class FakeApiServer implements AutoCloseable {

  private static final String GROUP =
      """
      {"apiVersion":"baton.dev/v1alpha1","kind":"WorkerGroup",
       "metadata":{"name":"workers","namespace":"ns","uid":"u-1","resourceVersion":"%1$d","generation":%2$d},
       "spec":{"replicas":%1$d,"server":{"url":"http://127.0.0.1:9"},
               "template":{"spec":{"containers":[{"name":"worker","image":"worker:1"}]}}}}\
      """;

  private static final String MAY_LEASE =
      """
      {"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview","status":{"incomplete":false,
       "nonResourceRules":[],"resourceRules":[{"apiGroups":["coordination.k8s.io"],"resources":["leases"],
       "verbs":["get","create","update"]}]}}\
      """;

  private static final String FORBIDDEN =
      """
      {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Forbidden","code":403,
       "message":"this is forbidden: the operator cannot list it"}\
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String BOOKMARK =
      """
      {"type":"BOOKMARK","object":{"apiVersion":"v1","kind":"Pod","metadata":{"resourceVersion":"%d"}}}
      """;

  private static final String EXPIRED =
      """
      {"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410}}
      """;

  private final HttpServer http;
  private final Map<String, String> written = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private @Nullable ObjectNode lease;
  private int leaseVersion;
  private final Set<HttpExchange> watches = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refusals = new AtomicInteger();
  private volatile int replicas = 3;
  private volatile boolean forbidding;

  FakeApiServer() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", this::handle);
    http.start();
  }

  String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /** Whether nothing may be listed or watched from now on; what is watched already ends. */
  void forbid(boolean lists) {
    forbidding = lists;
    if (lists) {
      watches.forEach(HttpExchange::close);
      watches.clear();
    }
  }

  /** So many workers are asked for from now on; who watches what was before has to list again. */
  void scale(int workers) {
    replicas = workers;
  }

  /** How often a list or a watch was forbidden. */
  int refusals() {
    return refusals.get();
  }

  /** Method and URI of each request. */
  List<String> requests() {
    return requests;
  }

  @Override
  public void close() {
    http.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    URI uri = exchange.getRequestURI();
    byte[] body = exchange.getRequestBody().readAllBytes();
    requests.add(method + " " + uri);
    String query = uri.getQuery() == null ? "" : uri.getQuery();
    if (uri.getPath().contains("/leases")) {
      lease(exchange, method, body);
    } else if (uri.getPath().endsWith("/selfsubjectrulesreviews")) {
      answer(exchange, 201, MAY_LEASE);
    } else if (!method.equals("GET")) {
      String object = withIdentity(new String(body, StandardCharsets.UTF_8));
      written.put(uri.getPath(), object);
      answer(exchange, 200, object);
    } else if (forbidding) {
      refusals.incrementAndGet();
      answer(exchange, 403, FORBIDDEN);
    } else if (written.containsKey(uri.getPath())) {
      answer(exchange, 200, written.getOrDefault(uri.getPath(), ""));
    } else if (query.contains("watch=true")) {
      if (exchange.getRequestHeaders().containsKey("upgrade")) {
        answer(exchange, 200, "{}"); // no WebSockets here: the client then watches over HTTP
      } else {
        exchange.getResponseHeaders().add("content-type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        boolean isOld = !query.contains("resourceVersion=" + version());
        String event = isOld ? EXPIRED : BOOKMARK.formatted(version());
        exchange.getResponseBody().write(event.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush(); // and nothing else ever happens
        if (isOld) {
          exchange.close();
        } else {
          watches.add(exchange);
        }
      }
    } else if (uri.getPath().endsWith("/workergroups")) {
      answer(
          exchange,
          200,
          list("baton.dev/v1alpha1", "WorkerGroupList", GROUP.formatted(replicas, version())));
    } else if (uri.getPath().endsWith("/deployments")) {
      answer(exchange, 200, list("apps/v1", "DeploymentList", ""));
    } else if (uri.getPath().endsWith("/pods")) {
      answer(exchange, 200, list("v1", "PodList", ""));
    } else if (uri.getPath().endsWith("/nodes")) {
      answer(exchange, 200, list("v1", "NodeList", ""));
    } else if (uri.getPath().endsWith("/poddisruptionbudgets")) {
      answer(exchange, 200, list("policy/v1", "PodDisruptionBudgetList", ""));
    } else {
      answer(exchange, 404, status(404));
    }
  }

  /**
   * One lease, sent in whole also to be patched, which only who has read its last state may change.
   */
  private synchronized void lease(HttpExchange exchange, String method, byte[] body)
      throws IOException {
    ObjectNode held = lease;
    if (method.equals("GET")) {
      answer(exchange, held == null ? 404 : 200, held == null ? status(404) : held.toString());
      return;
    }
    JsonNode sent = JSON.readTree(body);
    String read = sent.path("metadata").path("resourceVersion").asText("0");
    if (held != null && !read.equals(held.path("metadata").path("resourceVersion").asText())) {
      answer(exchange, 409, status(409));
      return;
    }
    ObjectNode next = (ObjectNode) sent;
    requests.add(
        "the lease is held by '" + sent.path("spec").path("holderIdentity").asText() + "'");
    next.withObject("/metadata").put("resourceVersion", "" + ++leaseVersion);
    lease = next;
    answer(exchange, 200, next.toString());
  }

  private static String status(int code) {
    return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":%d}".formatted(code);
  }

  private int version() {
    return replicas - 2;
  }

  private String list(String version, String kind, String item) {
    return """
    {"apiVersion":"%s","kind":"%s","metadata":{"resourceVersion":"%d"},"items":[%s]}\
    """
        .formatted(version, kind, version(), item);
  }

  private static String withIdentity(String object) {
    return object.replaceFirst(
        "\"metadata\"\\s*:\\s*\\{",
        "\"metadata\":{\"uid\":\"u-2\",\"resourceVersion\":\"2\",\"generation\":1,");
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }
}
