package dev.baton.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Speaks to a server as a stranger would: by text. */
public final class Client implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String url;

  /** A client of the server at that port of this machine. */
  public Client(int port) {
    this("http://127.0.0.1:" + port);
  }

  private Client(String url) {
    this.url = url;
  }

  /** A client of the server at that URL. */
  public static Client at(String url) {
    return new Client(url);
  }

  /** An answer: its HTTP status and its body. */
  public record Answer(int status, JsonNode body, HttpResponse<String> raw) {
    /** The envelope's data. */
    public JsonNode data() {
      return body.path("data");
    }
  }

  /** Sends an envelope of that kind; single quotes stand for double ones. */
  public Answer call(String kind, String data) {
    return post(
        "{'kind':'%s','head':{'corrId':'c','version':'2026-04-01'},'data':%s}"
            .formatted(kind, data)
            .replace('\'', '"'));
  }

  /** Posts a body to the protocol's endpoint. */
  public Answer post(String body) {
    return send("POST", "/", body);
  }

  /** Sends any request. */
  public Answer send(String method, String path, @Nullable String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      String type = response.headers().firstValue("content-type").orElse("");
      JsonNode tree =
          type.startsWith("application/json")
              ? JSON.readTree(response.body())
              : JSON.createObjectNode().put("text", response.body());
      return new Answer(response.statusCode(), tree, response);
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Opens an event stream. */
  public Stream open(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<InputStream> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      return new Stream(response);
    } catch (IOException e) {
      throw new UncheckedIOException("GET " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** An open event stream, read on a thread of its own. */
  public static final class Stream implements AutoCloseable {
    private static final ObjectNode END = JSON.createObjectNode().put("kind", "end");

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();

    Stream(HttpResponse<InputStream> response) {
      this.response = response;
      Thread.ofVirtual().start(this::read);
    }

    private void read() {
      try (var lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("data: ")) {
            events.add(JSON.readTree(line.substring(6)));
          }
        }
      } catch (IOException e) {
        // The stream has ended.
      }
      events.add(END);
    }

    /** The HTTP status. */
    public int status() {
      return response.statusCode();
    }

    /** The next event; {@code {"kind":"end"}} once the stream has ended. */
    public JsonNode next() {
      JsonNode event = next(5_000);
      if (event == null) {
        throw new AssertionError("no event came in five seconds");
      }
      return event;
    }

    /** The next event, or null if none comes in time. */
    public @Nullable JsonNode next(long ms) {
      try {
        return events.poll(ms, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }

    /** The id of the task that the next message offers. */
    public String nextTask() {
      JsonNode event = next();
      if (!event.path("kind").asText().equals("execute")) {
        throw new AssertionError("expected an execute message, got " + event);
      }
      return event.path("data").path("task").path("id").asText();
    }

    @Override
    public void close() {
      try {
        response.body().close();
      } catch (IOException e) {
        throw new UncheckedIOException("closing a stream", e);
      }
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
