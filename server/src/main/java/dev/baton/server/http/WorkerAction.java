package dev.baton.server.http;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code /groups/{group}/workers/{worker}/{verb}} asks for. */
sealed interface WorkerAction {

  /** What is to happen to a worker. */
  enum Verb {
    DRAIN,
    GONE,
    RESUME;

    private static @Nullable Verb of(String text) {
      for (Verb verb : values()) {
        if (verb.name().toLowerCase(Locale.ROOT).equals(text)) {
          return verb;
        }
      }
      return null;
    }
  }

  /**
   * An action.
   *
   * @param byAddress whether the worker is named by its address, not by its pid
   * @param run which run of the process is meant; null: the one that is there
   */
  record Given(String group, String worker, Verb verb, boolean byAddress, @Nullable String run)
      implements WorkerAction {

    /** Whether it can be a worker's word about itself: only that worker knows its run. */
    boolean isOwnDrain() {
      return verb == Verb.DRAIN && !byAddress && run != null;
    }
  }

  /** None, and why. */
  record Refused(int status, String text) implements WorkerAction {}

  /**
   * Reads a path of five decoded segments and the query's parameters.
   *
   * @param by {@code pid}, {@code address} or null
   */
  static WorkerAction read(List<String> path, @Nullable String by, @Nullable String run) {
    String group = path.get(1);
    String worker = path.get(3);
    Verb verb = Verb.of(path.get(4));
    if (!path.get(2).equals("workers")) {
      return new Refused(404, "there is nothing at this path");
    }
    if (!Path.isName(group) || !Path.isName(worker)) {
      return new Refused(
          400,
          "group and worker must not be empty, nor longer than 4096 characters, nor hold null"
              + " bytes");
    }
    if (by != null && !by.equals("pid") && !by.equals("address")) {
      return new Refused(400, "by must be pid or address, not '" + by + "'");
    }
    if (verb == null) {
      return new Refused(404, "action must be drain, gone or resume, not '" + path.get(4) + "'");
    }
    boolean byAddress = "address".equals(by);
    String name = byAddress ? IpAddresses.canonical(worker) : worker;
    return name == null
        ? new Refused(400, "worker must be an IP address with by=address, not '" + worker + "'")
        : new Given(group, name, verb, byAddress, run);
  }
}
