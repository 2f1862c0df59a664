import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Runs the operator, which its arguments start, beside as much of an API server as it needs to look
 * after one WorkerGroup, and asks it to end when it has done so once. Part of the image's build,
 * where there is no Kubernetes: the AOT cache is made of the classes that such a run loads.
 */
final class Training {

  private static final String GROUP =
      """
      {"apiVersion":"baton.dev/v1alpha1","kind":"WorkerGroup",
       "metadata":{"name":"workers","namespace":"ns","uid":"u-1","resourceVersion":"1","generation":1},
       "spec":{"replicas":1,"server":{"url":"http://127.0.0.1:9"},
               "template":{"spec":{"containers":[{"name":"worker","image":"worker:1"}]}}}}""";

  private static final String MAY_LEASE =
      """
      {"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview","status":{"incomplete":false,
       "nonResourceRules":[],"resourceRules":[{"apiGroups":["coordination.k8s.io"],"resources":["leases"],
       "verbs":["get","create","update"]}]}}""";

  private static final String BOOKMARK =
      """
      {"type":"BOOKMARK","object":{"apiVersion":"v1","kind":"Pod","metadata":{"resourceVersion":"1"}}}
      """;

  private static final String NOT_FOUND =
      "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":404}";

  private static final Map<String, String> LISTS =
      Map.of(
          "/workergroups", list("baton.dev/v1alpha1", "WorkerGroupList", GROUP),
          "/deployments", list("apps/v1", "DeploymentList", ""),
          "/pods", list("v1", "PodList", ""),
          "/nodes", list("v1", "NodeList", ""),
          "/poddisruptionbudgets", list("policy/v1", "PodDisruptionBudgetList", ""));

  private static final int LIMIT_MINUTES = 2;

  private final Map<String, String> written = new ConcurrentHashMap<>();
  private final CountDownLatch reconciled = new CountDownLatch(1);

  public static void main(String[] command) throws IOException, InterruptedException {
    System.exit(new Training().run(command) ? 0 : 1);
  }

  private boolean run(String[] command) throws IOException, InterruptedException {
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", this::handle);
    http.start();
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder
        .environment()
        .putAll(
            Map.of(
                "KUBERNETES_MASTER", "http://127.0.0.1:" + http.getAddress().getPort(),
                "KUBERNETES_NAMESPACE", "ns",
                "KUBECONFIG", "/none",
                "QUARKUS_HTTP_PORT", "0"));
    Process operator = builder.start();
    boolean isTrained = reconciled.await(LIMIT_MINUTES, TimeUnit.MINUTES);
    operator.destroy();
    // It writes the cache as it ends.
    boolean hasEnded = operator.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
    operator.destroyForcibly();
    return isTrained && hasEnded;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    URI uri = exchange.getRequestURI();
    String path = uri.getPath();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (path.endsWith("/selfsubjectrulesreviews")) {
      answer(exchange, 201, MAY_LEASE);
    } else if (!method.equals("GET")) {
      String object = withIdentity(body);
      // What is created is named in its body only; here that is the Lease.
      written.put(path.endsWith("/leases") ? path + "/baton-operator" : path, object);
      answer(exchange, 200, object);
      if (path.endsWith("/workers/status")) {
        reconciled.countDown();
      }
    } else if (written.containsKey(path)) {
      answer(exchange, 200, written.get(path));
    } else if (String.valueOf(uri.getQuery()).contains("watch=true")) {
      watch(exchange);
    } else {
      String list = LISTS.get(path.substring(path.lastIndexOf('/')));
      answer(exchange, list == null ? 404 : 200, list == null ? NOT_FOUND : list);
    }
  }

  /** Nothing ever happens. */
  private static void watch(HttpExchange exchange) throws IOException {
    if (exchange.getRequestHeaders().containsKey("upgrade")) {
      answer(exchange, 200, "{}"); // no WebSockets here: the client then watches over HTTP
      return;
    }
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    exchange.getResponseBody().write(BOOKMARK.getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
  }

  private static String list(String version, String kind, String item) {
    return "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[%s]}"
        .formatted(version, kind, item);
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
    try (exchange) {
      exchange.getResponseBody().write(bytes);
    }
  }
}
