package dev.baton.server.console;

import dev.baton.server.auth.Grant;
import dev.baton.server.calls.CallsEndpoint;
import dev.baton.server.http.ConsoleApi;
import dev.baton.server.http.HttpEdge;
import dev.baton.server.http.JsonAnswers;
import dev.baton.server.http.Parameters;
import dev.baton.server.http.Texts;
import dev.baton.server.live.LiveEndpoint;
import dev.baton.server.record.Ring;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;

/** Sends what the console's page asks to who knows it. */
public final class ConsoleEndpoint implements ConsoleApi {

  private final About about;
  private final Ring ring;
  private final LiveEndpoint live;
  private final CallsEndpoint calls;

  public ConsoleEndpoint(About about, Ring ring, LiveEndpoint live, CallsEndpoint calls) {
    this.about = about;
    this.ring = ring;
    this.live = live;
    this.calls = calls;
  }

  @Override
  public boolean allowsActions() {
    return about.allowsActions();
  }

  @Override
  public void handle(HttpServerRequest request, List<String> path, Grant grant) {
    switch (path.getFirst()) {
      case "whoami" -> whoami(request, path, grant);
      case "live" -> live.handle(request, path, grant);
      case "calls" -> calls.handle(request, path, grant);
      case "console" -> api(request, path);
      default -> Texts.empty(request, 404);
    }
  }

  private void whoami(HttpServerRequest request, List<String> path, Grant grant) {
    if (path.size() != 1) {
      Texts.empty(request, 404);
    } else if (HttpEdge.allows(request, HttpMethod.GET) && Parameters.areKnown(request)) {
      JsonAnswers.write(
          request.response(), 200, Buffer.buffer(Whoami.of(grant, about, ring).toString()));
    }
  }

  /** What is asked below {@code console/api} and no command. */
  private void api(HttpServerRequest request, List<String> path) {
    if (path.size() != 3 || !path.get(2).equals("cron")) {
      Texts.empty(request, 404);
    } else if (HttpEdge.allows(request, HttpMethod.GET)
        && Parameters.areKnown(request, "expression", "from")) {
      CronTimes.answer(request, about.clock().getAsLong());
    }
  }

  @Override
  public void close() {
    live.close();
  }
}
