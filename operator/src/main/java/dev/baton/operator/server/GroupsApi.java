package dev.baton.operator.server;

import static dev.baton.operator.server.ServerUnavailableException.Kind.NO_CONNECTION;
import static dev.baton.operator.server.ServerUnavailableException.Kind.NO_GROUPS_API;
import static dev.baton.operator.server.ServerUnavailableException.Kind.TOKEN_EXPIRED;
import static dev.baton.operator.server.ServerUnavailableException.Kind.UNAUTHORIZED;
import static dev.baton.operator.server.ServerUnavailableException.Kind.UNEXPECTED_ANSWER;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The groups API, called from virtual threads: each method waits for the answer. Every method
 * throws {@link ServerUnavailableException} where there is none.
 */
public final class GroupsApi implements AutoCloseable {

  /** No group is this large; a server that sends more is not to be trusted with our memory. */
  static final int ANSWER_BYTES_MAX = 8 << 20;

  static final String PROTOCOL_VERSION = "2026-04-01";
  private static final int QUOTED_CHARACTERS_MAX = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Tokens tokens;
  private final Duration timeout;
  private final HttpClient http;

  /** With how long to wait for a connection and for an answer. */
  public GroupsApi(Tokens tokens, Duration timeout) {
    this(tokens, timeout, null);
  }

  /**
   * With whom to trust.
   *
   * @param tls null: whom the system trusts
   */
  public GroupsApi(Tokens tokens, Duration timeout, @Nullable SSLContext tls) {
    this.tokens = tokens;
    this.timeout = timeout;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .executor(Executors.newVirtualThreadPerTaskExecutor());
    if (tls != null) {
      builder.sslContext(tls);
    }
    this.http = builder.build();
  }

  /** Where it has its tokens from. */
  public Tokens tokens() {
    return tokens;
  }

  /** The group as it is now. */
  public GroupFigures figures(GroupAddress address) {
    return ask(request(address, "").timeout(timeout).GET().build(), GroupFigures.class);
  }

  /** All groups of which the server knows something, as they are now. */
  List<GroupFigures> figures(ServerLine server) {
    HttpRequest request =
        request(server, "/groups", "application/json").timeout(timeout).GET().build();
    return ask(request, AllGroups.class).listed(request.uri());
  }

  /** Sets how many tasks a worker takes that does not say; null means unlimited. */
  public GroupFigures setSlots(GroupAddress address, @Nullable Integer slots) {
    String body = "{\"slotsPerWorker\":" + slots + "}";
    return ask(
        request(address, "").timeout(timeout).PUT(BodyPublishers.ofString(body)).build(),
        GroupFigures.class);
  }

  /** Tells the server about a worker. Telling it twice does no harm. */
  public SignalResult signal(GroupAddress address, Signal signal, WorkerName worker) {
    String path =
        switch (worker) {
          case WorkerName.Pid(String pid) -> "/workers/" + encode(pid) + "/" + signal.path();
          case WorkerName.At(String ip) ->
              "/workers/" + encode(ip) + "/" + signal.path() + "?by=address";
        };
    return ask(
        request(address, path).timeout(timeout).POST(BodyPublishers.noBody()).build(),
        SignalResult.class);
  }

  /** Stops a task: it is delivered to nobody until it is continued. Halting twice does no harm. */
  public void halt(ServerAddress server, String task) {
    ObjectNode envelope = JSON.createObjectNode().put("kind", "task.halt");
    ObjectNode head = envelope.putObject("head");
    head.put("corrId", "").put("version", PROTOCOL_VERSION);
    ServerLine line = line(server);
    if (line.token() != null) {
      head.put("auth", line.token());
    }
    envelope.putObject("data").put("id", task);
    HttpRequest request =
        request(line, "/", "application/json")
            .timeout(timeout)
            .POST(BodyPublishers.ofString(envelope.toString()))
            .build();
    ask(request, JsonNode.class);
  }

  /**
   * Calls a function on one worker of the group and no other, and answers how that stands. Saying
   * it again asks only: the id tells that it is the same call.
   *
   * @param timeoutAt when it has failed; what was said the first time counts
   */
  public Promised call(
      GroupAddress address,
      String id,
      String pid,
      String function,
      List<JsonNode> args,
      Instant timeoutAt) {
    ServerLine line = line(address.at());
    HttpRequest request =
        request(line, "/", "application/json")
            .timeout(timeout)
            .POST(
                BodyPublishers.ofString(
                    DurableCall.envelope(
                        line.token(),
                        id,
                        "poll://uni@" + address.group() + "/" + pid,
                        function,
                        args,
                        timeoutAt)))
            .build();
    return DurableCall.read(ask(request, JsonNode.class), request.uri());
  }

  /** The figures of all groups, now and of each whenever it changes. */
  GroupStream follow(ServerLine server) {
    // No request timeout: it must not end a stream that lives. Headers come at once or not at all.
    HttpRequest request = request(server, "/groups", "text/event-stream").GET().build();
    HttpResponse<InputStream> response = send(request);
    boolean streams =
        response.headers().firstValue("content-type").orElse("").startsWith("text/event-stream");
    return new GroupStream(response.body(), streams, request.uri());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private HttpRequest.Builder request(GroupAddress address, String path) {
    return request(
        line(address.at()), "/groups/" + encode(address.group()) + path, "application/json");
  }

  private ServerLine line(ServerAddress address) {
    return new ServerLine(address.server(), tokens.forServer(address));
  }

  private static HttpRequest.Builder request(ServerLine address, String path, String accept) {
    HttpRequest.Builder builder = HttpRequest.newBuilder();
    try {
      builder.uri(URI.create(address.server() + path));
    } catch (IllegalArgumentException e) {
      throw new ServerUnavailableException(
          NO_CONNECTION, "'" + address.server() + "' is not the URL of a server", e);
    }
    builder.header("accept", accept).header("content-type", "application/json");
    if (address.token() != null) {
      builder.header("authorization", "Bearer " + address.token());
    }
    return builder;
  }

  private <T> T ask(HttpRequest request, Class<T> type) {
    try (InputStream body = send(request).body()) {
      return decode(body.readNBytes(ANSWER_BYTES_MAX), type, request.uri());
    } catch (IOException e) {
      throw noConnection(request, e);
    }
  }

  /** Sends, and lets only 200 pass. */
  private HttpResponse<InputStream> send(HttpRequest request) {
    HttpResponse<InputStream> response;
    try {
      response =
          http.sendAsync(request, BodyHandlers.ofInputStream())
              .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .get();
    } catch (ExecutionException e) {
      throw noConnection(request, e.getCause());
    } catch (IllegalArgumentException e) {
      throw noConnection(request, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw noConnection(request, e);
    }
    if (response.statusCode() == 200) {
      return response;
    }
    if (response.statusCode() == 401) {
      tokens.refused();
    }
    throw refused(request, response);
  }

  private static ServerUnavailableException refused(
      HttpRequest request, HttpResponse<InputStream> response) {
    String text;
    try (InputStream body = response.body()) {
      text = new String(body.readNBytes(QUOTED_CHARACTERS_MAX), StandardCharsets.UTF_8);
    } catch (IOException e) {
      text = "";
    }
    int status = response.statusCode();
    return new ServerUnavailableException(
        switch (status) {
          case 401 -> hasExpired(response) ? TOKEN_EXPIRED : UNAUTHORIZED;
          case 403 -> UNAUTHORIZED;
          case 404, 405, 410 -> NO_GROUPS_API;
          default -> UNEXPECTED_ANSWER;
        },
        "%s %s answered %d %s".formatted(request.method(), request.uri(), status, text).strip());
  }

  /** What the server adds to the refusal of a token that was good once (RFC 6750). */
  private static boolean hasExpired(HttpResponse<InputStream> response) {
    return response.headers().allValues("www-authenticate").stream()
        .anyMatch(challenge -> challenge.contains("expired"));
  }

  private static ServerUnavailableException noConnection(
      HttpRequest request, @Nullable Throwable cause) {
    String why =
        switch (cause) {
          case null -> "";
          case TimeoutException _ -> ": no answer in time";
          case HttpTimeoutException _ -> ": no answer in time";
          case ConnectException unknown
              when unknown.getCause() instanceof UnresolvedAddressException ->
              ": the name of its host is not known";
          case ConnectException refused ->
              ": " + (refused.getMessage() == null ? "no connection" : refused.getMessage());
          default -> ": " + cause;
        };
    return new ServerUnavailableException(
        NO_CONNECTION,
        request.method() + " " + request.uri() + why,
        cause == null ? new IOException() : cause);
  }

  /** The answer to a question for all groups. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record AllGroups(@Nullable List<GroupFigures> groups) {
    List<GroupFigures> listed(URI uri) {
      if (groups == null) {
        throw new ServerUnavailableException(UNEXPECTED_ANSWER, uri + " answered without groups");
      }
      return groups;
    }
  }

  static <T> T decode(JsonNode json, Class<T> type, URI uri) {
    try {
      return JSON.treeToValue(json, type);
    } catch (JsonProcessingException e) {
      throw new ServerUnavailableException(
          UNEXPECTED_ANSWER, uri + " answered what is not a group: " + e.getOriginalMessage(), e);
    }
  }

  static <T> T decode(byte[] json, Class<T> type, URI uri) {
    try {
      T value = JSON.readValue(json, type);
      if (value != null) {
        return value;
      }
      throw new ServerUnavailableException(UNEXPECTED_ANSWER, uri + " answered null");
    } catch (JsonProcessingException e) {
      throw new ServerUnavailableException(
          UNEXPECTED_ANSWER, uri + " answered what is not a group: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ServerUnavailableException(UNEXPECTED_ANSWER, uri + " answered unreadably", e);
    }
  }

  /** A path segment. */
  private static String encode(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
