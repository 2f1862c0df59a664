package dev.baton.server.http;

import dev.baton.core.AnswerSizes;
import dev.baton.protocol.Response;
import dev.baton.protocol.json.RequestReader;
import dev.baton.protocol.json.ResponseWriter;
import dev.baton.server.auth.Access;
import dev.baton.server.auth.Permissions;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A request of the protocol whose envelope was in order, and its answer to come. */
public final class Exchange {

  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  /** What kinds that the protocol does not have are counted under: there is no end of them. */
  private static final String UNKNOWN = "unknown";

  private static final List<String> PASSED_ON =
      List.of("content-type", "retry-after", "www-authenticate");

  /** On an answer by which nothing of the request has happened, nor will. */
  public static final String NOT_BEGUN = "baton-not-begun";

  private final HttpServerRequest request;
  private final Answers answers;
  private final HttpServerResponse response;
  private final String kind;
  private final String corrId;
  private final long started;
  private final RequestMetrics metrics;
  private @Nullable Runnable onAnswer;
  private RequestTracer.@Nullable Ongoing trace;

  /** What is held for its answer, if that is large. */
  private Answers.@Nullable Room room;

  /** Begins when {@link System#nanoTime} showed {@code started}. */
  Exchange(
      HttpServerRequest request,
      Answers answers,
      String kind,
      String corrId,
      long started,
      RequestMetrics metrics) {
    this.request = request;
    this.answers = answers;
    this.response = request.response();
    this.kind = kind;
    this.corrId = corrId;
    this.started = started;
    this.metrics = metrics;
  }

  /** Calls something when it is answered, on its event loop; perhaps more than once. */
  public void onAnswer(Runnable action) {
    onAnswer = action;
  }

  /** Tells somebody of its answer, who is forgotten then. */
  void trace(RequestTracer.@Nullable Ongoing ongoing) {
    trace = ongoing;
  }

  /** The address of its client, for another server. */
  public String clientAddress() {
    return Addresses.of(request);
  }

  /** What its client has a share as. */
  String clientNetwork() {
    return Addresses.networkOf(request);
  }

  /**
   * How long ago another owner of the store, which may have done it, was lost with it,
   * milliseconds; negative if none was.
   */
  long lostMsAgo() {
    return request instanceof RelayedRequest relayed ? relayed.lostMsAgo() : -1;
  }

  /** Whether nobody waits for the answer any more. */
  public boolean isGone() {
    return response.ended() || response.closed();
  }

  /** Whether there is room for an answer, which is then held; where it is decided. */
  boolean hasRoomFor(Response answer, boolean hasChanges) {
    return hasRoomFor(AnswerSizes.of(answer), hasChanges);
  }

  /** The same for so many bytes. */
  boolean hasRoomFor(long bytes, boolean hasChanges) {
    Answers.Room held = room;
    if (held == null) {
      if (bytes <= Answers.SMALL_BYTES && request.version() != HttpVersion.HTTP_2) {
        return true;
      }
      held = answers.roomFor(request);
      room = held;
    }
    return held.tryReserve(bytes, hasChanges);
  }

  /** Answers a request of a kind that the protocol has. */
  public void answer(Response answer) {
    answer(kind, answer);
  }

  /** The answer as it goes over the wire; on any thread. */
  public byte[] encode(Response answer) {
    return ResponseWriter.write(kind, corrId, answer);
  }

  /** Answers a request of a kind that the protocol has with what has been encoded. */
  public void answer(int status, byte[] body) {
    answered(kind, status);
    write(response, status, body, room);
  }

  /**
   * Answers with what another server has answered, or not, and answers false, if there is no room
   * for that.
   *
   * @param isSaved whether the other may have saved something with it
   */
  public boolean pass(int status, MultiMap headers, Buffer body, boolean isSaved) {
    Answers.Room held = answers.roomFor(request);
    if (!held.tryReserve(body.length(), isSaved)) {
      return false;
    }
    answered(kind, status);
    if (isGone()) {
      held.release();
      return true;
    }
    for (String name : PASSED_ON) {
      String value = headers.get(name);
      if (value != null) {
        response.putHeader(name, value);
      }
    }
    response.setStatusCode(status);
    Answers.end(response, body, held);
    return true;
  }

  /** Answers with what the access may see, later, on the request's event loop. */
  public void answer(Access access, Response answer) {
    try {
      answer(Permissions.narrow(access, answer));
    } catch (RuntimeException | Error e) {
      LOG.error("The answer to a {} could not be written", kind, e);
      if (room != null) {
        room.release();
      }
      Guard.fail(response);
    }
  }

  /** Answers a request of any kind. */
  void refuse(Response refusal) {
    answer(RequestReader.isKnown(kind) ? kind : UNKNOWN, refusal);
  }

  /** Answers a request that may be repeated in a second. */
  public void retryLater(Response refusal) {
    response.putHeader("retry-after", "1");
    answer(refusal);
  }

  /** The same for one that another server may do: nothing of it has happened here. */
  void tryElsewhere(Response refusal) {
    response.putHeader(NOT_BEGUN, "true");
    retryLater(refusal);
  }

  /**
   * Ends without an answer, and is counted as 503: nothing of it has happened. SDKs repeat what
   * nobody has answered, and some take an answer of any status for the last word about a task.
   */
  void drop() {
    answered(kind, 503);
    Texts.drop(request);
  }

  private void answer(String label, Response answer) {
    if (answer.status() == 503) {
      response.putHeader("retry-after", "1");
    }
    answered(label, answer.status());
    write(response, answer.status(), ResponseWriter.write(kind, corrId, answer), room);
  }

  private void answered(String label, int status) {
    metrics.answered(label, status, System.nanoTime() - started);
    RequestTracer.Ongoing traced = trace;
    if (traced != null) {
      trace = null;
      traced.answered(status);
    }
    Runnable action = onAnswer;
    if (action != null) {
      action.run();
    }
    if (LOG.isDebugEnabled()) {
      LOG.debug("kind={} corrId={} status={}", kind, corrId, status);
    }
  }

  static void write(HttpServerResponse response, String kind, String corrId, Response answer) {
    write(response, answer.status(), ResponseWriter.write(kind, corrId, answer), null);
  }

  private static void write(
      HttpServerResponse response, int status, byte[] body, Answers.@Nullable Room room) {
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(status).putHeader("content-type", "application/json");
    }
    Answers.end(response, Texts.wrapped(body), room);
  }
}
