package dev.baton.quarkus.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The Java that runs a server for development. */
final class DevServerJava {

  private static final int NEEDED = 25;
  private static final Path USUAL = Path.of("/usr/lib/jvm");

  private DevServerJava() {}

  /**
   * Its home.
   *
   * @throws IllegalStateException if there is none that is new enough
   */
  static Path home(Optional<Path> wanted) throws IOException {
    if (wanted.isPresent()) {
      return wanted.get();
    }
    if (Runtime.version().feature() >= NEEDED) {
      return Path.of(System.getProperty("java.home"));
    }
    return Stream.concat(Stream.ofNullable(System.getenv("JAVA_HOME_25")).map(Path::of), usual())
        .filter(home -> Files.isExecutable(home.resolve("bin/java")))
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "the Baton server for development needs Java %d and this is Java %d: set quarkus.baton.devservices.java-home or JAVA_HOME_25, or quarkus.baton.url to a server that runs"
                    .formatted(NEEDED, Runtime.version().feature())));
  }

  private static Stream<Path> usual() throws IOException {
    if (!Files.isDirectory(USUAL)) {
      return Stream.of();
    }
    try (var homes = Files.list(USUAL)) {
      return homes
          .filter(home -> home.getFileName().toString().contains(Integer.toString(NEEDED)))
          .sorted()
          .toList()
          .stream();
    }
  }
}
