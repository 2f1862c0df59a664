package dev.baton.sdk.internal.wire;

import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.json.MalformedResponseException;
import dev.baton.protocol.json.RequestWriter;
import dev.baton.protocol.json.ResponseReader;
import dev.baton.sdk.Settings;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The protocol's endpoint and the groups API over HTTP/1.1 (protocol section 3). */
public final class HttpTransport implements Link {

  private static final Logger LOG = LoggerFactory.getLogger(HttpTransport.class);

  /** No answer for that long is a failure. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration LONGEST_RETRY_AFTER = Duration.ofSeconds(30);
  private static final String JSON = "application/json";

  private static final int UNAUTHORIZED = 401;
  private static final int NOT_FOUND = 404;

  private final String where;
  private final Tokens tokens;
  private final Endpoint endpoint;
  private final Clients clients;
  private final AtomicLong corrIds = new AtomicLong();

  /** A server of the protocol has answered here. */
  private volatile boolean isReached;

  private volatile boolean isClosed;

  public HttpTransport(Settings settings) {
    this.where = settings.url().toString();
    this.tokens = new Tokens(settings.tokens(), System::nanoTime);
    this.clients = new Clients(settings.http());
    this.endpoint = new Endpoint(settings.url());
  }

  @Override
  public Response send(Request request) throws IOException, InterruptedException {
    String token = tokens.current();
    var response = send(request, token);
    return response.status() == UNAUTHORIZED && tokens.hasOtherThan(token)
        ? send(request, tokens.current())
        : response;
  }

  private Response send(Request request, @Nullable String token)
      throws IOException, InterruptedException {
    String corrId = corrId();
    byte[] body = RequestWriter.write(request, corrId, token);
    HttpResponse<byte[]> answer;
    try {
      answer = clients.send(post("/", body, token));
    } catch (IOException e) {
      throw explained(e);
    }
    return read(request, corrId, body.length, answer);
  }

  /** A failure as its reader needs it: why there was no answer, and whether there ever will be. */
  IOException explained(IOException failure) {
    return isClosed ? new ClosedException(failure) : NoConnection.explained(failure, where);
  }

  @Override
  public CompletableFuture<Response> begin(Request request) {
    String token;
    try {
      token = tokens.current();
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
    var answer = begin(request, token);
    return answer.thenCompose(
        response -> response.status() == UNAUTHORIZED ? again(request, token, response) : answer);
  }

  /** On a thread of its own, because another token may take its time. */
  private CompletableFuture<Response> again(
      Request request, @Nullable String refused, Response refusal) {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return tokens.hasOtherThan(refused)
                    ? begin(request, tokens.current())
                    : CompletableFuture.completedFuture(refusal);
              } catch (IOException e) {
                return CompletableFuture.completedFuture(refusal);
              }
            },
            Thread::startVirtualThread)
        .thenCompose(answer -> answer);
  }

  private CompletableFuture<Response> begin(Request request, @Nullable String token) {
    String corrId = corrId();
    byte[] body = RequestWriter.write(request, corrId, token);
    HttpRequest post;
    try {
      post = post("/", body, token);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(explained(e));
    }
    return clients
        .begin(post, BodyHandlers.ofByteArray())
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(explained(failure)))
        .thenApply(answer -> {
          try {
            return read(request, corrId, body.length, answer);
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        });
  }

  private Throwable explained(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof IOException e ? explained(e) : failure;
  }

  private String corrId() {
    return Long.toString(corrIds.incrementAndGet());
  }

  private Response read(Request request, String corrId, int size, HttpResponse<byte[]> answer)
      throws IOException {
    int status = answer.statusCode();
    if (status == 429 || status == 503) {
      throw new BusyException(status, retryAfter(answer.headers()));
    }
    if (!answer.headers().firstValue("content-type").orElse("").startsWith(JSON)) {
      return withoutEnvelope(size, answer);
    }
    try {
      var response = ResponseReader.read(answer.body(), request.kind(), corrId);
      if (!isReached) {
        isReached = true;
      }
      return response;
    } catch (MalformedResponseException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * What is not the protocol: a proxy's page, a wrong URL, or too large a body. The server's own
   * refusals have an envelope, so a 404 without one says nothing of promises and tasks: it comes
   * from a gateway that has no server behind it at this moment, if there has been one before.
   */
  private Response withoutEnvelope(int size, HttpResponse<byte[]> answer) throws IOException {
    int status = answer.statusCode();
    boolean isRefusal = status >= 400 && status < 500;
    if (!isRefusal || (status == NOT_FOUND && isReached)) {
      throw new IOException(
          "something other than the server answered with HTTP %d at %s%s"
              .formatted(
                  status,
                  answer.uri(),
                  answer
                      .headers()
                      .firstValue("location")
                      .map(" (go to %s)"::formatted)
                      .orElse("")));
    }
    return Response.failure(
        status,
        status == 413
            ? "the request of " + size + " bytes is too large"
            : "there is no server of the protocol at " + answer.uri());
  }

  /** Its next run will take some. Other servers have no such path, which does no harm. */
  @Override
  public void drain(Identity identity) throws IOException, InterruptedException {
    clients.send(
        post(
            "/groups/%s/workers/%s/drain?run=%s"
                .formatted(
                    Targets.encode(identity.group()),
                    Targets.encode(identity.pid()),
                    identity.run()),
            new byte[0],
            tokens.current()));
  }

  private HttpRequest post(String path, byte[] body, @Nullable String token) throws IOException {
    return request(path, token)
        .timeout(ANSWER_TIMEOUT)
        .header("Content-Type", JSON)
        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
        .build();
  }

  @Override
  public Channel listen(Supplier<String> path, PollConnection.Listener listener) {
    var connection = new PollConnection(this, path, listener, PollConnection.SILENCE);
    connection.open();
    return connection;
  }

  /** Opens a stream of lines; its head has to come within the time for an answer. */
  <T> CompletableFuture<HttpResponse<T>> open(String path, HttpResponse.BodyHandler<T> handler)
      throws IOException {
    var request =
        request(path, tokens.current())
            .timeout(ANSWER_TIMEOUT)
            .header("Accept", "text/event-stream")
            .GET()
            .build();
    return clients.begin(request, handler);
  }

  /** A request to that path with the token, if there is one. */
  private HttpRequest.Builder request(String path, @Nullable String token) throws IOException {
    var request = endpoint.request(path);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }

  /** The token has been refused: the next request has another, if there is one. */
  void tokenRefused() {
    try {
      if (tokens.hasOtherThan(tokens.current())) {
        LOG.debug("there is another token");
      }
    } catch (IOException e) {
      LOG.warn("the server has refused the token, and {}", e.getMessage());
    }
  }

  /** Gives up the connections, and with them the requests that wait for an answer. */
  void renew() {
    clients.renew();
  }

  /** Seconds; the date form is not worth a clock comparison. */
  static @Nullable Duration retryAfter(HttpHeaders headers) {
    String seconds = headers.firstValue("retry-after").orElse("");
    if (!seconds.matches("\\d{1,9}")) {
      return null;
    }
    var asked = Duration.ofSeconds(Long.parseLong(seconds));
    return asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
  }

  @Override
  public void close() {
    isClosed = true;
    clients.close();
  }
}
