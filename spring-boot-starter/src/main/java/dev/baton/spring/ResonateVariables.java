package dev.baton.spring;

import dev.baton.sdk.internal.Environment;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * The variables that every SDK reads and the operator sets, {@code RESONATE_URL} and the like, as
 * {@code baton.url} and the like: stronger than an application's files, weaker than its other
 * variables, system properties and arguments.
 */
final class ResonateVariables implements EnvironmentPostProcessor {

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    var variables = new HashMap<String, String>();
    environment.getSystemEnvironment().forEach((name, text) -> variables.put(name, "" + text));
    environment
        .getPropertySources()
        .addAfter(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new MapPropertySource("resonateVariables", properties(variables)));
  }

  static Map<String, Object> properties(Map<String, String> variables) {
    return Map.copyOf(Environment.properties(variables, "baton."));
  }
}
