package dev.baton.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.sdk.Client;
import dev.baton.sdk.Context;
import dev.baton.sdk.DurableFunctions;
import dev.baton.sdk.FunctionThreads;
import dev.baton.sdk.Handle;
import dev.baton.sdk.Health.State;
import dev.baton.sdk.Options;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Applications in this process, with a server. */
final class BatonAutoConfigurationIT {

  private static BatonServer server;

  @BeforeAll
  static void start() {
    server = BatonServer.start(ServerConfig.of(Layers.inMemory()));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ApplicationContextRunner application() {
    return new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(BatonAutoConfiguration.class))
        .withPropertyValues("baton.url=" + server.url(), "baton.group=spring");
  }

  @DurableFunctions
  interface Greetings {
    String greet(String name);
  }

  static final class Polite implements Greetings {
    @Override
    public String greet(String name) {
      return Context.current().step("greet", () -> "Good day, " + name);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OneBean {
    @Bean
    Polite polite() {
      return new Polite();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class AnotherBean {
    @Bean
    Greetings rude() {
      return name -> "Hey";
    }
  }

  /** As other annotations of beans are put. */
  @DurableFunctions
  static final class Misplaced {}

  @Configuration(proxyBeanMethods = false)
  static class MisplacedBean {
    @Bean
    Misplaced misplaced() {
      return new Misplaced();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class More {
    @Bean
    FunctionRegistrar shorter() {
      return resonate -> resonate.register("length", (String text) -> text.length());
    }

    @Bean
    SettingsCustomizer named() {
      return settings -> settings.withPid(settings.pid() + "-changed");
    }
  }

  @Test
  void beansOfDurableInterfacesAreCalledByAnyClient() {
    application()
        .withUserConfiguration(OneBean.class)
        .run(context -> {
          var resonate = context.getBean(Resonate.class);
          assertThat(resonate.client(Greetings.class).begin("greet-1").greet("Ada"))
              .isEqualTo("Good day, Ada");
        });
  }

  @Test
  void registrarsAndCustomizersAddWhatPropertiesHaveNoWordsFor() {
    application()
        .withUserConfiguration(More.class)
        .withPropertyValues("baton.pid=w1")
        .run(context -> {
          var resonate = context.getBean(Resonate.class);
          assertThat(resonate.rpc("length-1", "length", Integer.class, "four")).isEqualTo(4);
          assertThat(resonate.settings().pid()).isEqualTo("w1-changed");
        });
  }

  @Test
  void propertiesSayEverything() {
    application()
        .withPropertyValues(
            "baton.pid=w7",
            "baton.token=secret",
            "baton.slots=3",
            "baton.lease-ttl=4",
            "baton.drain-timeout=1m",
            "baton.request-timeout=PT0.5S",
            "baton.threads=platform",
            "baton.replay-mismatch=reject",
            "baton.worker.enabled=false")
        .run(context -> {
          var settings = context.getBean(Settings.class);
          assertThat(settings.group()).isEqualTo("spring");
          assertThat(settings.pid()).isEqualTo("w7");
          assertThat(settings.token()).isEqualTo("secret");
          assertThat(settings.slots()).isEqualTo(3);
          assertThat(settings.leaseTtl()).isEqualTo(Duration.ofSeconds(4));
          assertThat(settings.drainTimeout()).isEqualTo(Duration.ofMinutes(1));
          assertThat(settings.requestTimeout()).isEqualTo(Duration.ofMillis(500));
          assertThat(settings.functionThreads()).isEqualTo(FunctionThreads.PLATFORM);
          assertThat(context.getBean(BatonProperties.class).toString()).doesNotContain("secret");
          assertThat(context.getBean(BatonWorker.class).isRunning()).isFalse();
          assertThat(context.getBean(Resonate.class).health().state()).isEqualTo(State.IDLE);
        });
  }

  @Test
  void aPropertyThatDoesNotExistFailsTheStart() {
    application()
        .withPropertyValues("baton.grup=workers")
        .run(context ->
            assertThat(context).getFailure().rootCause().hasMessageContaining("baton.grup"));
  }

  @Test
  void twoBeansOfOneInterfaceFailTheStart() {
    application()
        .withUserConfiguration(OneBean.class, AnotherBean.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("'polite' and 'rude'")
                .hasMessageContaining(Greetings.class.getName()));
  }

  /** Else nothing would be registered, and calls would wait for ever. */
  @Test
  void anAnnotationOnTheClassFailsTheStart() {
    application()
        .withUserConfiguration(MisplacedBean.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .rootCause()
                .hasMessageContaining("'misplaced' bears @DurableFunctions itself"));
  }

  @Test
  void theEnvironmentOfAWorkerGroupIsUnderstood() {
    assertThat(
            ResonateVariables.properties(
                Map.of(
                    "RESONATE_URL", "http://server:8001",
                    "RESONATE_TOKEN_FILE", "/run/token",
                    "RESONATE_DRAIN_TIMEOUT", "2.5",
                    "RESONATE_SLOTS", " ",
                    "RESONATE_SOMETHING", "else")))
        .containsOnly(
            Map.entry("baton.url", "http://server:8001"),
            Map.entry("baton.token-file", "/run/token"),
            Map.entry("baton.drain-timeout", "PT2.5S"));
  }

  @Test
  void healthAndMetersTellOfTheConnection() {
    application()
        .withUserConfiguration(OneBean.class)
        .run(context -> {
          var resonate = context.getBean(Resonate.class);
          resonate.client(Greetings.class).begin("greet-2").greet("Ada");
          var health = Objects.requireNonNull(context.getBean(HealthIndicator.class).health());
          assertThat(health.getStatus()).isEqualTo(Status.UP);
          assertThat(health.getDetails()).containsEntry("state", State.CONNECTED);
          var registry = new SimpleMeterRegistry();
          context.getBean("batonMeters", MeterBinder.class).bindTo(registry);
          assertThat(registry.get("baton.worker.connected").tag("group", "spring").gauge().value())
              .isEqualTo(1);
        });
  }

  @Configuration(proxyBeanMethods = false)
  static class Asking {
    @Bean
    List<String> answers(Client<Greetings> greetings, ObjectProvider<Client<Greetings>> later) {
      return List.of(
          "" + greetings.begin("asked-1", it -> it.greet("Ada")).id(),
          "" + later.getObject().begin("asked-2", it -> it.greet("Bob")).id());
    }
  }

  @Test
  void clientsOfAnInterfaceAreInjected() {
    application()
        .withUserConfiguration(OneBean.class, Asking.class)
        .run(context -> {
          var resonate = context.getBean(Resonate.class);
          assertThat(context.getBean("answers")).isEqualTo(List.of("asked-1", "asked-2"));
          assertThat(resonate.get("asked-1", String.class).result()).isEqualTo("Good day, Ada");
          assertThat(resonate.get("asked-2", String.class).result()).isEqualTo("Good day, Bob");
        });
  }

  @Configuration(proxyBeanMethods = false)
  static class AskingForNothing {
    @Bean
    String nothing(Client<?> client) {
      return "" + client;
    }
  }

  @Test
  void aClientOfNoInterfaceFailsTheStart() {
    application()
        .withUserConfiguration(AskingForNothing.class)
        .run(context ->
            assertThat(context).getFailure().rootCause().hasMessageContaining("Client<Orders>"));
  }

  @Test
  void aServerThatIsAwayIsUnhealthyAndDoesNotFailTheStart() {
    application()
        .withPropertyValues("baton.url=http://127.0.0.1:1")
        .run(context -> {
          assertThat(context).hasNotFailed();
          var indicator = context.getBean(HealthIndicator.class);
          var health = Objects.requireNonNull(indicator.health());
          assertThat(health.getStatus()).isEqualTo(Status.DOWN);
          await()
              .untilAsserted(() -> {
                var told = Objects.requireNonNull(indicator.health());
                assertThat("" + told.getDetails().get("problem")).isNotBlank();
              });
        });
  }

  @Configuration(proxyBeanMethods = false)
  static class Slow {
    @Bean
    FunctionRegistrar slow(CountDownLatch begun, CountDownLatch go) {
      return resonate ->
          resonate.register(
              "slow",
              (String text) -> {
                begun.countDown();
                go.await();
                return text;
              });
    }

    @Bean
    CountDownLatch begun() {
      return new CountDownLatch(1);
    }

    @Bean
    CountDownLatch go() {
      return new CountDownLatch(1);
    }
  }

  @Test
  void runningTasksFinishWhenTheApplicationStops() throws Exception {
    try (var client = Resonate.connect(Settings.defaults().withUrl(URI.create(server.url())))) {
      var toSpring = client.with(Options.target("spring"));
      var result = new AtomicReference<Handle<String>>();
      application()
          .withUserConfiguration(Slow.class)
          .run(context -> {
            result.set(toSpring.beginRpc("slow-1", "slow", String.class, "done"));
            context.getBean("begun", CountDownLatch.class).await();
            var go = context.getBean("go", CountDownLatch.class);
            var worker = context.getBean(BatonWorker.class);
            // The context closes after this, and waits for the function.
            Thread.ofVirtual()
                .start(() -> {
                  await().until(() -> !worker.isRunning());
                  go.countDown();
                });
          });
      assertThat(result.get().result(Duration.ofSeconds(10))).isEqualTo("done");
    }
  }
}
