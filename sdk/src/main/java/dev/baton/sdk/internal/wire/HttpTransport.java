package dev.baton.sdk.internal.wire;

import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.json.MalformedResponseException;
import dev.baton.protocol.json.RequestWriter;
import dev.baton.protocol.json.ResponseReader;
import dev.baton.sdk.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The protocol's endpoint and the groups API over HTTP/1.1 (protocol section 3). */
public final class HttpTransport implements Transport, AutoCloseable {

  /** No answer for that long is a failure. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofSeconds(30);
  private static final String JSON = "application/json";

  private final Settings settings;
  private final HttpClient http;
  private final AtomicLong corrIds = new AtomicLong();

  public HttpTransport(Settings settings) {
    this.settings = settings;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  HttpClient http() {
    return http;
  }

  @Override
  public Response send(Request request) throws IOException, InterruptedException {
    String corrId = Long.toString(corrIds.incrementAndGet());
    byte[] body = RequestWriter.write(request, corrId, settings.token());
    var answer = post("/", body);
    int status = answer.statusCode();
    if (status == 429 || status == 503) {
      throw new BusyException(status, retryAfter(answer.headers()));
    }
    if (!answer.headers().firstValue("content-type").orElse("").startsWith(JSON)) {
      return withoutEnvelope(request, body.length, answer);
    }
    try {
      return ResponseReader.read(answer.body(), request.kind(), corrId);
    } catch (MalformedResponseException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** What is not the protocol: a proxy's page, a wrong URL, or too large a body. */
  private static Response withoutEnvelope(Request request, int size, HttpResponse<byte[]> answer)
      throws IOException {
    int status = answer.statusCode();
    if (status < 400 || status >= 500) {
      throw new IOException("the server answered " + request.kind() + " with HTTP " + status);
    }
    return Response.failure(
        status,
        status == 413
            ? "the request of " + size + " bytes is too large"
            : "there is no server of the protocol at " + answer.uri());
  }

  /**
   * Tells the server to send this run of the process no more work; its next run will take some.
   * Other servers have no such path, which does no harm.
   */
  public void drain(String run) throws IOException, InterruptedException {
    post(
        "/groups/%s/workers/%s/drain?run=%s"
            .formatted(Targets.encode(settings.group()), Targets.encode(settings.pid()), run),
        new byte[0]);
  }

  private HttpResponse<byte[]> post(String path, byte[] body)
      throws IOException, InterruptedException {
    var request =
        request(path)
            .timeout(ANSWER_TIMEOUT)
            .header("Content-Type", JSON)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    return http.send(request, BodyHandlers.ofByteArray());
  }

  /** A request to that path with the token, if there is one. */
  HttpRequest.Builder request(String path) {
    String base = settings.url().toString();
    var uri =
        URI.create(base.endsWith("/") ? base.substring(0, base.length() - 1) + path : base + path);
    var request = HttpRequest.newBuilder(uri);
    if (settings.token() != null) {
      request.header("Authorization", "Bearer " + settings.token());
    }
    return request;
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
    http.shutdownNow();
  }
}
