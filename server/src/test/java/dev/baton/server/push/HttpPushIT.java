package dev.baton.server.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.Message;
import dev.baton.server.config.Networks;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.memory.Account;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Posts to targets that are well and to targets that are not, over real connections. */
class HttpPushIT {

  private static final Message EXECUTE = new Message.Execute("http://server", "t", 1);
  private static final Networks NONE = Networks.of(List.of("none"));

  private final Vertx vertx = Vertx.vertx();
  private final List<AutoCloseable> open = Collections.synchronizedList(new ArrayList<>());
  private final BlockingQueue<String> outcomes = new LinkedBlockingQueue<>();
  private final Map<String, Integer> failures = Collections.synchronizedMap(new TreeMap<>());
  private final Map<String, String> names = new TreeMap<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private final PushMetrics metrics =
      new PushMetrics() {
        @Override
        public void delivered(Delivery delivery) {}

        @Override
        public void failed(String reason, String network) {
          failures.merge(reason + " " + network, 1, Integer::sum);
        }
      };

  private InetAddress[] lookUp(String name) throws UnknownHostException {
    String address = names.get(name);
    if (address == null) {
      throw new UnknownHostException(name);
    }
    return new InetAddress[] {InetAddress.ofLiteral(address)};
  }

  private HttpPush push(Networks allow, Networks deny, int requestTimeoutMs) {
    ServerConfig.Push config =
        new ServerConfig.Push(
            true, 4, 4, allow, deny, Duration.ofSeconds(1), Duration.ofMillis(requestTimeoutMs));
    HttpPush push = new HttpPush(vertx, config, new Account(1 << 20), metrics, this::lookUp);
    open.add(push::close);
    return push;
  }

  private HttpPush push() {
    return push(NONE, NONE, 5_000);
  }

  private int target(Consumer<HttpServerRequest> handler) throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(handler::accept)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    return server.actualPort();
  }

  private String outcome(HttpPush push, String url) throws InterruptedException {
    push.post(url, EXECUTE, failure -> outcomes.add(String.valueOf(failure)));
    return next();
  }

  private String next() throws InterruptedException {
    return String.valueOf(outcomes.poll(30, TimeUnit.SECONDS));
  }

  private static void answer(HttpServerRequest request, int status) {
    request.response().setStatusCode(status).end();
  }

  @Test
  void aTargetThatIsWellTakesTheMessage() throws Exception {
    List<String> bodies = Collections.synchronizedList(new ArrayList<>());
    int port =
        target(request ->
            request
                .body()
                .onSuccess(body -> {
                  bodies.add(request.getHeader("content-type") + " " + request.getHeader("host"));
                  answer(request, 204);
                }));
    assertThat(outcome(push(), "http://127.0.0.1:" + port + "/x")).isEqualTo("null");
    assertThat(bodies).containsExactly("application/json 127.0.0.1:" + port);
  }

  @Test
  void targetsThatNeverAnswerDoNotKeepOthersFromBeingTold() throws Exception {
    int well = target(request -> answer(request, 200));
    HttpPush push = push(NONE, NONE, 20_000);
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 20; i++) {
        push.post("http://127.0.0.1:" + silent.getLocalPort() + "/", EXECUTE, _ -> {});
      }
      for (int i = 0; i < 20; i++) {
        assertThat(outcome(push, "http://127.0.0.1:" + well + "/")).isEqualTo("null");
      }
    }
  }

  @Test
  void aTargetThatDoesNotAnswerInTimeIsGivenUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      assertThat(outcome(push(NONE, NONE, 300), "http://127.0.0.1:" + silent.getLocalPort()))
          .isEqualTo("it did not answer within 300 ms");
    }
    assertThat(failures).containsExactly(Map.entry("silent loopback", 1));
  }

  @Test
  void permanentRedirectionsOnTheSameHostAreFollowed() throws Exception {
    List<String> paths = Collections.synchronizedList(new ArrayList<>());
    int port =
        target(request ->
            request
                .body()
                .onSuccess(body -> {
                  paths.add(request.path() + " " + body.length());
                  if ("/hook".equals(request.path())) {
                    request.response().putHeader("location", "/hook/");
                    answer(request, 307);
                  } else {
                    answer(request, 200);
                  }
                }));
    assertThat(outcome(push(), "http://127.0.0.1:" + port + "/hook")).isEqualTo("null");
    assertThat(paths).hasSize(2).last().asString().startsWith("/hook/ ").doesNotEndWith(" 0");
  }

  @Test
  void otherRedirectionsAndStatusesAreSaid() throws Exception {
    int port =
        target(request -> {
          switch (String.valueOf(request.path())) {
            case "/away" -> request.response().putHeader("location", "http://169.254.169.254/x");
            case "/loop" -> request.response().putHeader("location", "/loop");
            default -> {}
          }
          answer(
              request,
              switch (String.valueOf(request.path())) {
                case "/away", "/loop" -> 308;
                case "/found" -> 302;
                case "/missing" -> 404;
                default -> 503;
              });
        });
    HttpPush push = push();
    String target = "http://127.0.0.1:" + port;
    assertThat(outcome(push, target + "/away"))
        .isEqualTo(
            "it answers 308 to http://169.254.169.254/x: only redirections on the same host are"
                + " followed");
    assertThat(outcome(push, target + "/loop"))
        .isEqualTo("it answers 308 to /loop: redirected more than 3 times");
    assertThat(outcome(push, target + "/found")).isEqualTo("it answers with status 302");
    assertThat(outcome(push, target + "/missing")).isEqualTo("it answers with status 404");
    assertThat(outcome(push, target + "/x")).isEqualTo("it answers with status 503");
    assertThat(failures)
        .containsExactly(
            Map.entry("broken loopback", 1),
            Map.entry("redirect loopback", 3),
            Map.entry("refused loopback", 1));
  }

  @Test
  void anAnswerWithoutEndIsReadToABound() throws Exception {
    byte[] chunk = new byte[16_384];
    int port =
        target(request -> {
          request.response().setChunked(true);
          endless(request, io.vertx.core.buffer.Buffer.buffer(chunk));
        });
    assertThat(outcome(push(), "http://127.0.0.1:" + port)).isEqualTo("null");
  }

  private static void endless(HttpServerRequest request, io.vertx.core.buffer.Buffer chunk) {
    request.response().write(chunk).onSuccess(_ -> endless(request, chunk));
  }

  @Test
  void nothingIsPostedWhereItIsDeniedUnderWhateverName() throws Exception {
    List<String> requests = Collections.synchronizedList(new ArrayList<>());
    int port =
        target(request -> {
          requests.add(request.path());
          answer(request, 200);
        });
    names.put("inner.example", "127.0.0.1");
    HttpPush push = push(NONE, Networks.of(List.of("loopback")), 5_000);
    for (String host :
        List.of("127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]", "inner.example")) {
      assertThat(outcome(push, "http://" + host + ":" + port + "/"))
          .as(host)
          .contains("nothing is posted to its address");
    }
    assertThat(requests).isEmpty();
    assertThat(failures.keySet()).allMatch(key -> key.startsWith("not_allowed"));
  }

  @Test
  void onlyWhatIsAllowedIsPostedTo() throws Exception {
    int port = target(request -> answer(request, 200));
    names.put("a.example", "127.0.0.1");
    HttpPush push = push(Networks.of(List.of("127.0.0.0/8")), NONE, 5_000);
    assertThat(outcome(push, "http://a.example:" + port)).isEqualTo("null");
    names.put("b.example", "10.1.2.3");
    assertThat(outcome(push, "http://b.example:" + port)).contains("10.1.2.3");
  }

  /** A name that means another address at the next look. */
  @Test
  void theAddressThatWasLookedAtIsTheOneThatIsConnectedTo() throws Exception {
    int port =
        target(request -> {
          names.put("a.example", "169.254.169.254");
          request.response().putHeader("location", "/again");
          answer(request, "/".equals(request.path()) ? 307 : 200);
        });
    names.put("a.example", "127.0.0.1");
    HttpPush push = push(NONE, Networks.of(List.of("metadata")), 5_000);
    assertThat(outcome(push, "http://a.example:" + port + "/")).isEqualTo("null");
  }

  @Test
  void whoCannotBeReachedSaysSo() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(outcome(push(), "http://127.0.0.1:" + closed)).startsWith("no connection: ");
    assertThat(outcome(push(), "http://nowhere.example/")).isEqualTo("its name cannot be resolved");
  }

  @Test
  void aNameServerThatIsSilentKeepsNoKnownTargetFromBeingTold() throws Exception {
    int port = target(request -> answer(request, 200));
    ServerConfig.Push config =
        new ServerConfig.Push(
            true, 256, 64, NONE, NONE, Duration.ofSeconds(1), Duration.ofSeconds(30));
    BlockingQueue<String> hanging = new LinkedBlockingQueue<>();
    HttpPush push =
        new HttpPush(
            vertx,
            config,
            new Account(1 << 20),
            metrics,
            name -> {
              if (name.startsWith("dead")) {
                hanging.add(name);
                try {
                  Thread.sleep(60_000);
                } catch (InterruptedException e) {
                  throw new UnknownHostException(name);
                }
              }
              return new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
            });
    open.add(push::close);
    assertThat(outcome(push, "http://well.example:" + port)).isEqualTo("null");
    for (int i = 0; i < 40; i++) {
      push.post("http://dead" + i + ".example/", EXECUTE, _ -> {});
    }
    await().until(() -> hanging.size() >= 32);
    assertThat(outcome(push, "http://well.example:" + port)).isEqualTo("null");
  }
}
