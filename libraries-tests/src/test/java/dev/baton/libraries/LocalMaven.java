package dev.baton.libraries;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Maven that knows nothing of this build. It finds Baton's libraries in a repository of their
 * own, everything else where this build has found it, and what that had no need of in Maven
 * Central.
 *
 * @param home where it is installed
 * @param root where it keeps what it needs
 */
record LocalMaven(Path home, Path root) {

  /** The one that runs this build, with a repository that has the libraries as they are now. */
  static LocalMaven with(List<Published> libraries, Path root) throws IOException {
    return with(libraries, root, Path.of(Published.required("maven.home")));
  }

  /** The same with one that is installed elsewhere. */
  static LocalMaven with(List<Published> libraries, Path root, Path home) throws IOException {
    var maven = new LocalMaven(home, root);
    delete(maven.repository());
    delete(root.resolve("local/dev/baton"));
    new Published("baton-bom").copyInto(maven.repository());
    libraries.forEach(library -> library.copyInto(maven.repository()));
    Files.writeString(maven.settings(), maven.repositories());
    return maven;
  }

  Path repository() {
    return root.resolve("repository");
  }

  private Path settings() {
    return root.resolve("settings.xml");
  }

  /** A command line of it. */
  List<String> command(String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                home.resolve("bin/mvn").toString(),
                "-B",
                "-ntp",
                "-Dstyle.color=never",
                "-s",
                settings().toString(),
                "-Dmaven.repo.local=" + root.resolve("local")));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Puts it into a folder of programs, as {@code mvn}. */
  void install(Path programs) throws IOException {
    var mvn = Files.createDirectories(programs).resolve("mvn");
    Files.writeString(mvn, "#!/bin/sh\nexec '" + String.join("' '", command()) + "' \"$@\"\n");
    Files.setPosixFilePermissions(mvn, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String repositories() {
    String repositories =
        Stream.of(
                repository("baton", repository().toUri().toString()),
                repository("built", Path.of(Published.required("maven.local")).toUri().toString()))
            .reduce("", String::concat);
    return """
    <settings>
      <profiles>
        <profile>
          <id>files</id>
          <repositories>%s</repositories>
          <pluginRepositories>%s</pluginRepositories>
        </profile>
      </profiles>
      <activeProfiles><activeProfile>files</activeProfile></activeProfiles>
    </settings>
    """
        .formatted(repositories, repositories.replace("repository>", "pluginRepository>"));
  }

  private static String repository(String id, String url) {
    return """
    <repository>
      <id>%s</id>
      <url>%s</url>
      <releases><checksumPolicy>ignore</checksumPolicy></releases>
      <snapshots><enabled>true</enabled><checksumPolicy>ignore</checksumPolicy></snapshots>
    </repository>
    """
        .formatted(id, url);
  }

  static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        var target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
