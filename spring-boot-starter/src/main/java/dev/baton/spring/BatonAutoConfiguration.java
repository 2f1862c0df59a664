package dev.baton.spring;

import dev.baton.sdk.Client;
import dev.baton.sdk.Interceptor;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import dev.baton.sdk.micrometer.SdkMetrics;
import dev.baton.sdk.opentelemetry.OpenTelemetryInterceptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.opentelemetry.api.OpenTelemetry;
import java.util.function.Function;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * A {@link Resonate} that works while the application runs. A bean of one's own takes the place of
 * any of these.
 */
@AutoConfiguration
@EnableConfigurationProperties(BatonProperties.class)
public class BatonAutoConfiguration {

  /**
   * The settings that the properties and the {@link SettingsCustomizer} beans give, with the {@link
   * Interceptor} beans inside of those that the customizers have added, all in the order of the
   * beans.
   */
  @Bean
  @ConditionalOnMissingBean
  Settings batonSettings(
      BatonProperties properties,
      ObjectProvider<SettingsCustomizer> customizers,
      ObjectProvider<Interceptor> interceptors) {
    var settings = properties.settings();
    for (var customizer : customizers.orderedStream().toList()) {
      settings = customizer.customize(settings);
    }
    for (var interceptor : interceptors.orderedStream().toList()) {
      settings = settings.withInterceptor(interceptor);
    }
    return settings;
  }

  /** Client and worker. */
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  Resonate resonate(Settings settings) {
    return Resonate.connect(settings);
  }

  /**
   * Calls of the functions of the interface that is asked for ({@code Client<Orders>}) by workers
   * of the application's own group.
   */
  @Bean
  @Scope(BeanDefinition.SCOPE_PROTOTYPE)
  <F> Client<F> batonClient(InjectionPoint point, Resonate resonate) {
    var asked =
        point instanceof DependencyDescriptor descriptor
            ? descriptor.getResolvableType().getGeneric(0).resolve()
            : null;
    if (asked == null || !asked.isInterface()) {
      throw new IllegalArgumentException(
          point.getMember()
              + " asks for a Client of no interface; it is Client<Orders>, for example");
    }
    @SuppressWarnings("unchecked")
    var functions = (Class<F>) asked;
    return resonate.client(functions);
  }

  /** Starts and drains the worker. */
  @Bean
  @ConditionalOnMissingBean
  BatonWorker batonWorker(
      Resonate resonate,
      BatonProperties properties,
      ListableBeanFactory beans,
      ObjectProvider<FunctionRegistrar> registrars) {
    return new BatonWorker(resonate, properties.worker().enabled(), beans, registrars);
  }

  /** Where the application reports its health. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
  static class Healthy {

    /** How the client stands with its server. */
    @Bean
    @ConditionalOnEnabledHealthIndicator("baton")
    @ConditionalOnMissingBean(name = "batonHealthIndicator")
    HealthIndicator batonHealthIndicator(Resonate resonate) {
      return new BatonHealthIndicator(resonate);
    }
  }

  /** Adds an interceptor that is made of a bean, if the application has one. */
  private static <T> SettingsCustomizer by(ObjectProvider<T> bean, Function<T, Interceptor> made) {
    return settings -> {
      var known = bean.getIfUnique();
      return known == null ? settings : settings.withInterceptor(made.apply(known));
    };
  }

  /** Where the application has OpenTelemetry, and the SDK's module for it. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({OpenTelemetry.class, OpenTelemetryInterceptor.class})
  @ConditionalOnBooleanProperty(name = "baton.tracing.enabled", matchIfMissing = true)
  static class Traced {

    /** Spans of calls, attempts and steps; around all other interceptors. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    @ConditionalOnMissingBean(name = "batonTracing")
    SettingsCustomizer batonTracing(ObjectProvider<OpenTelemetry> openTelemetry) {
      return by(openTelemetry, OpenTelemetryInterceptor::of);
    }
  }

  /** Where the application measures, and has the SDK's module for it. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass({MeterBinder.class, SdkMetrics.class})
  @ConditionalOnBooleanProperty(name = "baton.metrics.enabled", matchIfMissing = true)
  static class Timed {

    /** Times of calls, attempts and steps. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 1)
    @ConditionalOnMissingBean(name = "batonSdkMetrics")
    SettingsCustomizer batonSdkMetrics(ObjectProvider<MeterRegistry> registry) {
      return by(registry, SdkMetrics::of);
    }

    /** Connection, slots and heartbeats. */
    @Bean
    @ConditionalOnMissingBean(name = "batonSdkMeters")
    MeterBinder batonSdkMeters(Resonate resonate) {
      return registry -> SdkMetrics.of(registry).watch(resonate);
    }
  }

  /** Where the application measures. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(MeterBinder.class)
  @ConditionalOnBooleanProperty(name = "baton.metrics.enabled", matchIfMissing = true)
  static class Measured {

    /** What the worker does. */
    @Bean
    @ConditionalOnMissingBean(name = "batonMeters")
    MeterBinder batonMeters(Resonate resonate) {
      return new BatonMeters(resonate);
    }
  }
}
