package dev.baton.libraries;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The Javas of this machine. */
final class Jdks {

  private static final Path USUAL = Path.of("/usr/lib/jvm");

  private Jdks() {}

  /**
   * The home of a Java of that feature release: the one that runs this, what {@code JAVA_HOME_21}
   * and the like name, or one in the usual directory.
   */
  static Optional<Path> home(int release) {
    return Stream.of(
            Stream.of(System.getProperty("java.home")),
            Stream.ofNullable(System.getenv("JAVA_HOME_" + release)),
            usual())
        .flatMap(homes -> homes)
        .map(Path::of)
        .filter(home -> is(home, release))
        .findFirst();
  }

  private static Stream<String> usual() {
    if (!Files.isDirectory(USUAL)) {
      return Stream.of();
    }
    try (var homes = Files.list(USUAL)) {
      return homes.map(Path::toString).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean is(Path home, int release) {
    var file = home.resolve("release");
    if (!Files.exists(file)) {
      return false;
    }
    try (var lines = Files.lines(file)) {
      return lines.anyMatch(line -> line.matches("JAVA_VERSION=\"" + release + "\\b.*"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
