package dev.baton.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the recorded transcripts are: the system properties {@code baton.vectors} and {@code
 * baton.vectors.release}, else {@code shared/protocol/vectors} and {@code
 * shared/protocol/release-0.9.8} in some parent directory.
 */
public final class Recordings {

  private Recordings() {}

  /** The folder of the transcripts of the main branch, or null if they are not here. */
  public static @Nullable Path folder() {
    return find("baton.vectors", "shared/protocol/vectors");
  }

  /** The folder of the transcripts of release 0.9.8, or null if they are not here. */
  public static @Nullable Path ofRelease() {
    return find("baton.vectors.release", "shared/protocol/release-0.9.8");
  }

  private static @Nullable Path find(String property, String folder) {
    String given = System.getProperty(property);
    if (given != null) {
      return Path.of(given);
    }
    for (Path parent = Path.of("").toAbsolutePath(); parent != null; parent = parent.getParent()) {
      Path candidate = parent.resolve(folder);
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return null;
  }

  /** One of its folders, or null if it is not here. */
  public static @Nullable Path folder(String name) {
    Path all = folder();
    return all != null && Files.isDirectory(all.resolve(name)) ? all.resolve(name) : null;
  }
}
