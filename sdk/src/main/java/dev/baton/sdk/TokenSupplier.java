package dev.baton.sdk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where tokens come from that do not last. Asked before the first request, once a minute after
 * that, and when the server has refused the token that came last, but not more often than once a
 * second.
 */
@FunctionalInterface
public interface TokenSupplier {

  /**
   * The token that is good now. One thread at a time calls this, and requests wait for it.
   *
   * @return not blank; line ends and blanks around it are dropped
   * @throws Exception if there is none to be had; the one before is used on, if there is one
   */
  String token() throws Exception;

  /** What stands in a file, which somebody renews: a projected service account token. */
  static TokenSupplier file(Path path) {
    return () -> {
      try {
        return Files.readString(path);
      } catch (IOException e) {
        throw new IOException("the token's file " + path + " cannot be read: " + e, e);
      }
    };
  }
}
