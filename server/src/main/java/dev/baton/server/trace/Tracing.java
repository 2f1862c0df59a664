package dev.baton.server.trace;

import dev.baton.server.config.ServerConfig;
import dev.baton.server.http.RequestTracer;
import dev.baton.server.record.Recorder;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes spans of what the server does, if it is told where to send them. */
public interface Tracing extends AutoCloseable {

  /** Makes none, and costs nothing. */
  Tracing OFF =
      new Tracing() {
        @Override
        public RequestTracer requests() {
          return RequestTracer.OFF;
        }

        @Override
        public Recorder tasks(
            Recorder to, Function<String, @Nullable Map<String, String>> headers) {
          return to;
        }

        @Override
        public void close() {}
      };

  /**
   * As the configuration wants it.
   *
   * @param instance what tells this server from others
   */
  static Tracing of(ServerConfig.@Nullable Tracing config, String instance) {
    return config == null ? OFF : Otlp.open(config, instance);
  }

  /** Spans of requests. */
  RequestTracer requests();

  /**
   * Spans of tasks: how long each waits for a worker, and is held by one. In steps of the engine.
   *
   * @param to told everything, too
   * @param headers those of a task's promise while it is live; null if there are none
   */
  Recorder tasks(Recorder to, Function<String, @Nullable Map<String, String>> headers);

  /** Sends what there is, as far as it can be sent within two seconds. */
  @Override
  void close();
}
