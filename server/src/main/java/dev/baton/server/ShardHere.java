package dev.baton.server;

import dev.baton.protocol.Envelope;
import dev.baton.protocol.Request;
import dev.baton.server.auth.Access;
import dev.baton.server.cluster.Here;
import dev.baton.server.http.Exchange;
import io.vertx.core.http.HttpServerRequest;

/** The shard of this process, as its replica sees it. */
record ShardHere(Shard shard) implements Here {

  @Override
  public boolean offer(Exchange exchange, Request request, Envelope.Head head, Access access) {
    return shard.sink().offer(exchange, request, head, access);
  }

  @Override
  public boolean isHealthy() {
    return shard.engine().isHealthy();
  }

  @Override
  public void handle(HttpServerRequest request) {
    shard.edge().handle(request);
  }
}
