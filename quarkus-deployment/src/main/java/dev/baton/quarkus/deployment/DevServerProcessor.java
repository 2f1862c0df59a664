package dev.baton.quarkus.deployment;

import dev.baton.quarkus.deployment.BatonBuildConfig.DevServicesConfig;
import io.quarkus.deployment.IsDevServicesSupportedByLaunchMode;
import io.quarkus.deployment.annotations.BuildProducer;
import io.quarkus.deployment.annotations.BuildStep;
import io.quarkus.deployment.annotations.BuildSteps;
import io.quarkus.deployment.builditem.DevServicesResultBuildItem;
import io.quarkus.runtime.configuration.ConfigUtils;
import java.util.Map;

/** Starts a server where the application is developed or tested and none is named. */
@BuildSteps(onlyIf = IsDevServicesSupportedByLaunchMode.class)
public class DevServerProcessor {

  private static final String URL = "quarkus.baton.url";

  @BuildStep
  void server(
      BatonBuildConfig config,
      io.quarkus.deployment.dev.devservices.DevServicesConfig all,
      BuildProducer<DevServicesResultBuildItem> services) {
    DevServicesConfig wanted = config.devservices();
    if (!all.enabled()
        || !wanted.enabled()
        || ConfigUtils.isPropertyNonEmpty(URL)
        || System.getenv("RESONATE_URL") != null) {
      return;
    }
    services.produce(
        DevServicesResultBuildItem.<DevServer>owned()
            .feature("baton")
            .description("a Baton server in memory; its console is at /console")
            .serviceConfig("port " + wanted.port() + ", Java of " + wanted.javaHome())
            .<DevServer>startable(() -> new DevServer(wanted.port(), wanted.javaHome()))
            .configProvider(Map.of(URL, DevServer::getConnectionInfo))
            .build());
  }
}
