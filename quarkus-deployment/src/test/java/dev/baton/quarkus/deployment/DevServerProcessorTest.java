package dev.baton.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.deployment.builditem.DevServicesResultBuildItem;
import io.quarkus.deployment.dev.devservices.DevServicesConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DevServerProcessorTest {

  /** What is started with a property set so. */
  private static List<DevServicesResultBuildItem> started(String property, String value) {
    var config =
        new SmallRyeConfigBuilder()
            .withMapping(BatonBuildConfig.class)
            .withMapping(DevServicesConfig.class)
            .withDefaultValue(property, value)
            .build();
    var services = new ArrayList<DevServicesResultBuildItem>();
    new DevServerProcessor()
        .server(
            config.getConfigMapping(BatonBuildConfig.class),
            config.getConfigMapping(DevServicesConfig.class),
            services::add);
    return services;
  }

  @Test
  void aServerIsStartedWhereNoneIsNamed() {
    assertThat(started("quarkus.baton.devservices.enabled", "true"))
        .singleElement()
        .extracting(DevServicesResultBuildItem::getName)
        .isEqualTo("baton");
  }

  @Test
  void noneIsStartedWhereItOrEveryServiceIsSwitchedOff() {
    assertThat(started("quarkus.baton.devservices.enabled", "false")).isEmpty();
    assertThat(started("quarkus.devservices.enabled", "false")).isEmpty();
  }
}
