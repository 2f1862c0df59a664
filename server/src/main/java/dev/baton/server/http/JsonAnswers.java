package dev.baton.server.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** Answers of those endpoints that speak JSON and no envelopes. */
public final class JsonAnswers {

  private JsonAnswers() {}

  /** Answers with a JSON text, unless nobody waits for it any more. */
  public static void write(HttpServerResponse response, int status, Buffer json) {
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(status).putHeader("content-type", "application/json").end(json);
    }
  }

  /** Answers with a JSON text for which room is held, or gives that back. */
  public static void write(
      HttpServerResponse response, int status, Buffer json, Answers.Room room) {
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(status).putHeader("content-type", "application/json");
    }
    Answers.end(response, json, room);
  }

  /** Refuses with a sentence. */
  public static void refuse(HttpServerRequest request, int status, String text) {
    refuse(request.response(), status, text);
  }

  /** Refuses with a sentence. */
  public static void refuse(HttpServerResponse response, int status, String text) {
    write(response, status, Buffer.buffer(GroupsJson.error(text)));
  }

  /** Refuses for now. */
  public static void retryLater(HttpServerResponse response, int status, String text) {
    if (!response.ended() && !response.closed()) {
      response.putHeader("retry-after", "1");
      refuse(response, status, text);
    }
  }

  /** Refuses what nobody will do here any more. */
  public static void stopping(HttpServerResponse response) {
    retryLater(response, 503, "The server is stopping");
  }
}
