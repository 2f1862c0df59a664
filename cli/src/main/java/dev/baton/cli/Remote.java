package dev.baton.cli;

import dev.baton.protocol.BearerToken;
import dev.baton.protocol.Printable;
import dev.baton.protocol.Request;
import dev.baton.protocol.ServerUrl;
import dev.baton.protocol.json.MalformedResponseException;
import dev.baton.protocol.json.RequestWriter;
import dev.baton.protocol.json.ResponseReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The server that a command talks to, by the JDK's older HTTP client: the newer one takes longer to
 * load than everything else together.
 */
public final class Remote {

  /** Where a server is that nobody has named. */
  public static final String DEFAULT = "http://localhost:8001";

  private static final int CONNECT_TIMEOUT_MS = 5_000;
  private static final int READ_TIMEOUT_MS = 30_000;

  static {
    // Else a request would be sent twice when its connection breaks.
    System.setProperty("sun.net.http.retryPost", "false");
  }

  private final URI url;
  private final @Nullable String token;

  /** What may help if nobody is there. */
  private final String advice;

  /**
   * Nothing is connected yet.
   *
   * @param token null for a server that asks for none
   * @throws CommandFailure if the URL is none, or the token cannot be one
   */
  public Remote(String url, @Nullable String token) {
    this(url, token, "");
  }

  /** The server that a user has named, or else the one at the usual place. */
  static Remote named(@Nullable String url, @Nullable String token) {
    return url == null
        ? new Remote(DEFAULT, token, "; --server or RESONATE_URL names another server")
        : new Remote(url, token);
  }

  private Remote(String url, @Nullable String token, String advice) {
    this.url = parse(url);
    this.advice = advice;
    try {
      this.token = token == null ? null : BearerToken.of(token);
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(String.valueOf(e.getMessage()));
    }
  }

  private static URI parse(String url) {
    try {
      return ServerUrl.of(url.endsWith("/") ? url : url + "/");
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("the server must be " + e.getMessage());
    }
  }

  /** A name as a segment of a path; one that is of dots only would lead elsewhere. */
  static String segment(String name) {
    String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    return encoded.equals(".") || encoded.equals("..") ? encoded.replace(".", "%2E") : encoded;
  }

  /** Sends a request of the protocol. */
  Answer call(Request request) {
    String corrId = Long.toString(System.currentTimeMillis(), 36);
    Raw answer = send("POST", url, RequestWriter.write(request, corrId, token));
    try {
      return new Answer(ResponseReader.read(answer.body(), request.kind(), corrId), answer.body());
    } catch (MalformedResponseException e) {
      throw new CommandFailure(
          "%s does not answer like a server: status %d, %s"
              .formatted(url, answer.status(), e.getMessage()));
    }
  }

  /**
   * Sends a request of the groups API and answers the body.
   *
   * @param path relative, its segments encoded
   * @throws CommandFailure if the server refuses or cannot be reached
   */
  public byte[] groups(String method, String path, @Nullable String body) {
    Raw answer =
        send(
            method, url.resolve(path), body == null ? null : body.getBytes(StandardCharsets.UTF_8));
    if (answer.status() / 100 == 2) {
      return answer.body();
    }
    String error = Answer.textMember(answer.body(), "error");
    throw new CommandFailure(
        error == null
            ? url + " has no groups (status " + answer.status() + ")"
            : Printable.of(error));
  }

  /**
   * Asks for something beside the protocol that a server may not have.
   *
   * @param path relative, its segments encoded
   * @return the body, or null if the server has no such thing, or not for this token
   * @throws CommandFailure if it cannot be reached
   */
  byte @Nullable [] find(String path) {
    Raw answer = send("GET", url.resolve(path), null);
    return answer.status() / 100 == 2 ? answer.body() : null;
  }

  /**
   * Writes what the server answers to a stream, as it comes.
   *
   * @param path relative, its segments encoded
   * @throws CommandFailure if the server refuses, cannot be reached, or stops in the middle
   */
  void download(String method, String path, OutputStream into) {
    URI to = url.resolve(path);
    try {
      HttpURLConnection connection = open(method, to);
      connection.setFixedLengthStreamingMode(0);
      connection.setDoOutput(true);
      int status = connection.getResponseCode();
      if (status != 200) {
        String error = Answer.textMember(body(connection, status), "error");
        throw new CommandFailure(
            error == null
                ? url + " has no " + path + " (status " + status + ")"
                : Printable.of(error));
      }
      long expected = connection.getContentLengthLong();
      long sent;
      try (InputStream in = connection.getInputStream()) {
        sent = in.transferTo(into);
      }
      if (expected >= 0 && sent != expected) {
        throw new IOException("it sent " + sent + " bytes of " + expected);
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private HttpURLConnection open(String method, URI to) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) to.toURL().openConnection();
    connection.setConnectTimeout(CONNECT_TIMEOUT_MS);
    connection.setReadTimeout(READ_TIMEOUT_MS);
    connection.setInstanceFollowRedirects(false);
    connection.setRequestMethod(method);
    if (token != null) {
      connection.setRequestProperty("Authorization", "Bearer " + token);
    }
    return connection;
  }

  private static byte[] body(HttpURLConnection connection, int status) throws IOException {
    try (InputStream in =
        status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
      return in == null ? new byte[0] : in.readAllBytes();
    }
  }

  private record Raw(int status, byte[] body) {}

  private Raw send(String method, URI to, byte @Nullable [] body) {
    try {
      HttpURLConnection connection = open(method, to);
      if (body != null) {
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
          out.write(body);
        }
      }
      int status = connection.getResponseCode();
      return new Raw(status, body(connection, status));
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private CommandFailure failure(IOException e) {
    return new CommandFailure(
        e instanceof ConnectException || e instanceof UnknownHostException
            ? nobody()
            : url + ": " + e.getMessage());
  }

  /** What to say if nobody is there. */
  String nobody() {
    return "nobody answers at " + url + advice;
  }
}
