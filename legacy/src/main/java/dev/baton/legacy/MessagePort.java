package dev.baton.legacy;

import dev.baton.server.auth.Authenticator;
import dev.baton.server.auth.Grant;
import dev.baton.server.auth.Refusal;
import dev.baton.server.http.Path;
import dev.baton.server.http.Texts;
import dev.baton.server.poll.PollEndpoint;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** {@code GET /{group}/{id}} on a port of its own: the messages of the old interface. */
public final class MessagePort {

  private final Authenticator authenticator;
  private final PollEndpoint poll;

  /** The endpoint writes the old dialect. */
  public MessagePort(Authenticator authenticator, PollEndpoint poll) {
    this.authenticator = authenticator;
    this.poll = poll;
  }

  /** Handles a request on its event loop. */
  public void handle(HttpServerRequest request) {
    List<String> segments = Path.segments(request.path());
    boolean isLook =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    if (segments == null || segments.size() != 2 || !isLook) {
      Texts.refuse(request, 404, "404 page not found");
    } else {
      List<String> path = List.of("", segments.getFirst(), segments.getLast());
      switch (authenticator.judgeWithBasic(request)) {
        case Grant grant -> poll.handle(request, path, grant);
        case Refusal refusal -> Texts.refuse(request, refusal);
      }
    }
  }

  /** Ends all streams. */
  public void close() {
    poll.close();
  }
}
