package dev.baton.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the recorded transcripts are: the system property {@code baton.vectors}, else {@code
 * shared/protocol/vectors} in some parent directory.
 */
public final class Recordings {

  private Recordings() {}

  /** The folder of the transcripts, or null if they are not here. */
  public static @Nullable Path folder() {
    String property = System.getProperty("baton.vectors");
    if (property != null) {
      return Path.of(property);
    }
    for (Path parent = Path.of("").toAbsolutePath(); parent != null; parent = parent.getParent()) {
      Path candidate = parent.resolve("shared/protocol/vectors");
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
