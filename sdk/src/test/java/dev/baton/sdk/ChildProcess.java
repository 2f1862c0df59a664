package dev.baton.sdk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A JVM beside this one, told everything by its environment. */
final class ChildProcess {

  private ChildProcess() {}

  /** The {@code main} of that class, with those options and variables; what it says is dropped. */
  static Process start(
      Class<?> main, List<String> options, Settings settings, Map<String, String> environment) {
    var builder = new ProcessBuilder(java(main, options));
    builder
        .environment()
        .putAll(
            Map.of(
                "RESONATE_URL", settings.url().toString(),
                "RESONATE_GROUP", settings.group(),
                "RESONATE_PID", settings.pid(),
                "RESONATE_LEASE_TTL", settings.leaseTtl().toString(),
                "RESONATE_DRAIN_TIMEOUT", settings.drainTimeout().toString()));
    builder.environment().putAll(environment);
    return start(builder);
  }

  /** The same started by a command, such as one that changes the network it is in. */
  static Process startWithin(List<String> command, Class<?> main, List<String> arguments) {
    var words = new ArrayList<>(command);
    words.addAll(java(main, List.of("--enable-native-access=ALL-UNNAMED")));
    words.addAll(arguments);
    return start(new ProcessBuilder(words));
  }

  private static List<String> java(Class<?> main, List<String> options) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(options);
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(main.getName());
    return command;
  }

  private static Process start(ProcessBuilder builder) {
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
