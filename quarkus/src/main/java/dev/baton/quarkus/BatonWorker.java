package dev.baton.quarkus;

import dev.baton.sdk.Resonate;
import io.quarkus.arc.All;
import io.quarkus.arc.Arc;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;

/** The worker's life within the application's. */
@Singleton
public class BatonWorker {

  private final Resonate resonate;
  private final BatonConfig config;
  private final List<FunctionRegistrar> registrars;

  @Inject
  BatonWorker(Resonate resonate, BatonConfig config, @All List<FunctionRegistrar> registrars) {
    this.resonate = resonate;
    this.config = config;
    this.registrars = registrars;
  }

  /**
   * Registers the functions and takes work.
   *
   * @param functions interfaces, each of which one bean implements
   */
  void start(List<Class<?>> functions) {
    if (!config.worker().enabled()) {
      return;
    }
    functions.forEach(type -> register(resonate, type));
    registrars.forEach(registrar -> registrar.register(resonate));
    resonate.start();
  }

  private static <F> void register(Resonate resonate, Class<F> type) {
    resonate.register(type, Arc.container().instance(type).get());
  }

  /** Drains. */
  void stop() {
    resonate.close();
  }
}
