package dev.baton.server;

import dev.baton.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many files the process may have open. Each connection is one: were all of them connections,
 * none could be accepted any more, from nobody, and neither could the store open what it needs.
 */
final class Descriptors {

  /** Of the store, its readers, event loops, the log, class files and a backup. */
  private static final long OF_THE_SERVER = 128;

  private static final Pattern OPEN_FILES =
      Pattern.compile("^Max open files +([0-9]+) ", Pattern.MULTILINE);

  private Descriptors() {}

  /** As many as the system says, where it does. */
  static long most() {
    try {
      return most(Files.readString(Path.of("/proc/self/limits")));
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }

  /** What Linux says of a process's limits. */
  static long most(String limits) {
    Matcher files = OPEN_FILES.matcher(limits);
    return files.find() ? Long.parseLong(files.group(1)) : Long.MAX_VALUE;
  }

  /**
   * How many of them may be connections.
   *
   * @param files how many there may be
   */
  static int connections(ServerConfig config, long files) {
    long own = OF_THE_SERVER + (config.push().enabled() ? config.push().concurrency() : 0);
    return (int) Math.min(config.http().maxConnections(), files - Math.min(own, files / 2));
  }
}
