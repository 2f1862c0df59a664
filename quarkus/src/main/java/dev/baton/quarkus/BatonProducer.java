package dev.baton.quarkus;

import dev.baton.sdk.Client;
import dev.baton.sdk.Interceptor;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import io.quarkus.arc.All;
import io.quarkus.arc.DefaultBean;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.inject.Singleton;
import java.lang.reflect.ParameterizedType;
import java.util.List;

/** What can be injected; a bean of one's own takes the place of any of these. */
@Singleton
public class BatonProducer {

  /**
   * What the configuration and the {@link SettingsCustomizer} beans give, with the {@link
   * Interceptor} beans inside of those that the customizers have added; both by their priority, the
   * highest first and outermost.
   */
  @Produces
  @Singleton
  @DefaultBean
  Settings settings(
      BatonConfig config,
      @All List<SettingsCustomizer> customizers,
      @All List<Interceptor> interceptors) {
    var settings = config.settings();
    for (var customizer : customizers) {
      settings = customizer.customize(settings);
    }
    for (var interceptor : interceptors) {
      settings = settings.withInterceptor(interceptor);
    }
    return settings;
  }

  /** Client and worker. */
  @Produces
  @Singleton
  @DefaultBean
  Resonate resonate(Settings settings) {
    return Resonate.connect(settings);
  }

  void close(@Disposes Resonate resonate) {
    resonate.close();
  }

  /** Calls of the functions of that interface by workers of the application's own group. */
  @Produces
  @Dependent
  @DefaultBean
  <F> Client<F> client(InjectionPoint point, Resonate resonate) {
    if (point.getType() instanceof ParameterizedType type
        && type.getActualTypeArguments()[0] instanceof Class<?> functions) {
      @SuppressWarnings("unchecked")
      var asked = (Class<F>) functions;
      return resonate.client(asked);
    }
    throw new IllegalArgumentException(
        point.getMember()
            + " asks for a Client of no interface; it is Client<Orders>, for example");
  }
}
