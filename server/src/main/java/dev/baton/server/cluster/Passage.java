package dev.baton.server.cluster;

import dev.baton.server.http.Addresses;
import dev.baton.server.http.Answers;
import dev.baton.server.http.Body;
import dev.baton.server.http.Intake;
import dev.baton.server.http.Texts;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Passes on whatever is neither a request of the protocol nor a stream: the groups API and the
 * like. It is sent to the owner as it came, and what the owner answers is the answer. What only
 * looks, or says how something is to be, is sent again when the owner is lost.
 */
final class Passage {

  private static final String NOBODY =
      "No server owns the store at present: nothing of this has happened";
  private static final String UNKNOWN =
      "The server that owned the store was lost: it is not known whether this happened";
  private static final String NO_ROOM =
      "there is no room for the answer beside those that others have not read yet: this may have"
          + " happened";
  private static final Set<HttpMethod> REPEATABLE =
      Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.PUT);
  private static final Set<String> NOT_OF_THE_ANSWER =
      Set.of("connection", "transfer-encoding", "keep-alive", "content-length");

  private final Vertx vertx;
  private final Ownership ownership;
  private final OwnerClients clients;
  private final OwnerQueue waiting;
  private final ClusterMetrics metrics;
  private final Intake intake;
  private final Answers answers;
  private final int mostBytes;
  private final long holdNanos;

  Passage(
      Vertx vertx,
      Ownership ownership,
      OwnerClients clients,
      OwnerQueue waiting,
      ClusterMetrics metrics,
      Intake intake,
      Answers answers,
      int mostBytes,
      Duration hold) {
    this.vertx = vertx;
    this.ownership = ownership;
    this.clients = clients;
    this.waiting = waiting;
    this.metrics = metrics;
    this.intake = intake;
    this.answers = answers;
    this.mostBytes = mostBytes;
    this.holdNanos = hold.toNanos();
  }

  /** Passes a request on, on its client's event loop. */
  void pass(HttpServerRequest request) {
    Body.read(
        request,
        intake,
        mostBytes,
        body -> new Going(request, body).send(),
        () ->
            Texts.refuse(
                request, 413, "the body is larger than server.max_body_bytes: " + mostBytes));
  }

  private final class Going {
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Buffer body;
    private final Context loop = vertx.getOrCreateContext();
    private final long since = System.nanoTime();
    private boolean wasLost;
    private @Nullable Owner tried;

    Going(HttpServerRequest request, byte[] body) {
      this.request = request;
      this.response = request.response();
      this.body = Buffer.buffer(body);
    }

    void send() {
      Owner owner = ownership.taking();
      tried = owner;
      if (owner == null || owner.url().isEmpty()) {
        hold();
        return;
      }
      clients
          .of(owner)
          .request(request.method(), request.uri(), Addresses.of(request), false)
          .onComplete(connected -> {
            HttpClientRequest asked = connected.result();
            if (asked == null) {
              loop.runOnContext(_ -> hold());
              return;
            }
            metrics.forwarded.increment();
            WireHeaders.copy(request.headers(), asked.headers());
            WireHeaders.write(asked.headers(), owner);
            asked
                .send(body)
                .compose(answer -> answer.body().map(text -> new Answer(answer, text)))
                .onComplete(answered -> {
                  Answer answer = answered.result();
                  loop.runOnContext(_ -> take(answer));
                });
          });
    }

    private void take(@Nullable Answer answer) {
      if (response.ended() || response.closed()) {
        return;
      }
      if (answer == null) {
        lost();
      } else if (Wire.isNotBegun(answer.head())) {
        hold();
      } else {
        pass(answer);
      }
    }

    private void pass(Answer answer) {
      Buffer text = request.method().equals(HttpMethod.HEAD) ? Buffer.buffer() : answer.text();
      Answers.Room room = answers.roomFor(request);
      if (!room.tryReserve(text.length(), false)) {
        refuse(NO_ROOM);
        return;
      }
      answer
          .head()
          .headers()
          .forEach((name, value) -> {
            if (!NOT_OF_THE_ANSWER.contains(name.toLowerCase(java.util.Locale.ROOT))) {
              response.headers().add(name, value);
            }
          });
      response.setStatusCode(answer.head().statusCode());
      Answers.end(response, text, room);
    }

    private void lost() {
      if (REPEATABLE.contains(request.method())) {
        wasLost = true;
        metrics.repeated.increment();
        hold();
      } else {
        metrics.unknown.increment();
        refuse(UNKNOWN);
      }
    }

    private void hold() {
      if (response.ended() || response.closed()) {
        return;
      }
      Fate fate = Fate.ofWaiting(System.nanoTime() - since, holdNanos, wasLost);
      if (fate != Fate.HOLD) {
        refuse(fate == Fate.UNKNOWN ? UNKNOWN : NOBODY);
      } else {
        waiting.add(tried, () -> loop.runOnContext(_ -> send()));
      }
    }

    private void refuse(String text) {
      response.putHeader("retry-after", "1");
      Texts.refuse(request, 503, text);
    }
  }

  private record Answer(HttpClientResponse head, Buffer text) {}
}
