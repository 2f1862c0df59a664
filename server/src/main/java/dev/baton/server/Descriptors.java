package dev.baton.server;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.baton.server.config.ServerConfig;
import java.lang.management.ManagementFactory;

/**
 * How many files the process may have open. Each connection is one: were all of them connections,
 * none could be accepted any more, from nobody, and neither could the store open what it needs.
 */
final class Descriptors {

  /** Of the store, its readers, event loops, the log, class files and a backup. */
  private static final long OF_THE_SERVER = 128;

  private Descriptors() {}

  /** As many as the system says, where it does. */
  static long most() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? most(unix.getMaxFileDescriptorCount())
        : Long.MAX_VALUE;
  }

  /** For the JVM no limit is the number of which all bits are set. */
  static long most(long told) {
    return told < 0 ? Long.MAX_VALUE : told;
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
