package dev.baton.server;

import dev.baton.core.Promise;
import dev.baton.server.auth.Authenticator;
import dev.baton.server.auth.Tenures;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.http.Answers;
import dev.baton.server.http.FurtherApi;
import dev.baton.server.http.RequestMetrics;
import dev.baton.server.memory.MemoryLedger;
import dev.baton.server.poll.StreamMemory;
import dev.baton.server.process.Engine;
import dev.baton.server.process.Extension;
import dev.baton.server.read.Readers;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Another interface that a server speaks beside the protocol, on the same rules and the same store.
 * Whoever composes a program names the one that it has; the server knows none.
 */
public interface FurtherInterface {

  /** Its part in every transaction. */
  Extension extension();

  /** Connects its endpoints. Called once, before the engine's first step. */
  Endpoints connect(Services services);

  /** Makes the interface of one server. */
  @FunctionalInterface
  interface Factory {

    /**
     * @param promises finds promises of the store; to be asked in a step of the engine, between
     *     transactions
     */
    FurtherInterface create(Function<String, @Nullable Promise> promises);
  }

  /**
   * What a server offers it.
   *
   * @param serverUrl the URL that messages carry; known once the server listens
   */
  record Services(
      Vertx vertx,
      ServerConfig config,
      Authenticator authenticator,
      Tenures tenures,
      Engine engine,
      Readers readers,
      Dispatcher dispatcher,
      MemoryLedger memory,
      Answers answers,
      StreamMemory streams,
      RequestMetrics metrics,
      Supplier<String> serverUrl) {}

  /** Where its requests arrive. */
  interface Endpoints {

    /** Its requests on the server's port. */
    FurtherApi api();

    /** Handles a request on the port of its messages, on its event loop. */
    void messages(HttpServerRequest request);

    /** Ends all streams. */
    void close();
  }
}
