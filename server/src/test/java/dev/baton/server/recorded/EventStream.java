package dev.baton.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker's stream, read on a thread of its own. */
final class EventStream implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final HttpResponse<InputStream> response;
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  private EventStream(HttpResponse<InputStream> response) {
    this.response = response;
    Thread.ofVirtual().start(this::read);
  }

  static EventStream open(int port, String path, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
            .setHeader("accept", "text/event-stream");
    headers.forEach(request::setHeader);
    return new EventStream(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
  }

  private void read() {
    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      List<String> data = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data:")) {
          data.add(line.substring(line.startsWith("data: ") ? 6 : 5));
        } else if (line.isEmpty() && !data.isEmpty()) {
          events.add(String.join("\n", data));
          data.clear();
        }
      }
    } catch (IOException e) {
      // The stream has ended.
    }
  }

  int status() {
    return response.statusCode();
  }

  String contentType() {
    return response.headers().firstValue("content-type").orElse("");
  }

  /** The next message, or null if none comes in time. */
  @Nullable JsonNode next(long ms) throws IOException, InterruptedException {
    String event = events.poll(ms, TimeUnit.MILLISECONDS);
    return event == null ? null : JSON.readTree(event);
  }

  @Override
  public void close() throws IOException {
    response.body().close();
  }
}
