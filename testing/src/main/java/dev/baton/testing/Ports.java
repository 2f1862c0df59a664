package dev.baton.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for what is started, killed and started again. */
public final class Ports {

  /**
   * Below those that systems give to connections: while nobody listens at one of them, a client
   * that tries to connect may be given that very port, or be connected with itself.
   */
  private static final int FIRST = 10_240;

  private static final int LAST = 30_000;

  /** JVMs that test at the same time do not meet: with two, each has every second port. */
  static final int FORKS = number("baton.forks", "1");

  static final int FORK = number("baton.fork", "0") % FORKS;

  private static final int ATTEMPTS = 100;

  private Ports() {}

  /** What the build says; if it says something else, JVMs would meet and nobody would know. */
  private static int number(String property, String otherwise) {
    String value = System.getProperty(property, otherwise);
    if (!value.matches("[0-9]{1,3}")) {
      throw new IllegalStateException(property + " must be a number, not '" + value + "'");
    }
    return Integer.parseInt(value);
  }

  /** One at which nobody listens on the loopback address. */
  public static int free() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST / FORKS, LAST / FORKS) * FORKS + FORK;
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException(
        "none of %d ports from %d to %d is free".formatted(ATTEMPTS, FIRST, LAST));
  }

  private static boolean isFree(int port) {
    try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
