package dev.baton.legacy;

import dev.baton.core.Promise;
import dev.baton.server.FurtherInterface;
import dev.baton.server.http.FurtherApi;
import dev.baton.server.http.Intake;
import dev.baton.server.memory.MemoryLedger;
import dev.baton.server.poll.PollEndpoint;
import dev.baton.server.process.Extension;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The old interface, for a server that is to speak it. */
public final class Legacy implements FurtherInterface {

  private final Function<String, @Nullable Promise> promises;
  private final LegacyTasks tasks;

  /** Finds promises of the store; asked in a step of the engine, between transactions. */
  public Legacy(Function<String, @Nullable Promise> promises) {
    this.promises = promises;
    this.tasks = new LegacyTasks(promises);
  }

  @Override
  public Extension extension() {
    return tasks;
  }

  @Override
  public Endpoints connect(Services services) {
    LegacyEndpoint api =
        new LegacyEndpoint(
            services.vertx(),
            services.config(),
            services.authenticator(),
            services.engine(),
            services.readers(),
            new Intake(
                services.memory().account(MemoryLedger.Part.REQUESTS),
                services.config().http().bodyTimeout()),
            services.answers(),
            services.metrics(),
            tasks,
            services.serverUrl());
    PollEndpoint poll =
        new PollEndpoint(
            services.vertx(),
            new LegacyDialect(promises),
            services.config().poll(),
            services.engine(),
            services.dispatcher(),
            services.streams(),
            services.config().dispatch().replicaGrace(),
            services.tenures());
    return new Connected(api, new MessagePort(services.authenticator(), poll));
  }

  private record Connected(FurtherApi api, MessagePort port) implements Endpoints {

    @Override
    public void messages(HttpServerRequest request) {
      port.handle(request);
    }

    @Override
    public void close() {
      port.close();
    }
  }
}
