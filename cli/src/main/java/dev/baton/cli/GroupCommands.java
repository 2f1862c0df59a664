package dev.baton.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code groups}: who works and what waits. */
final class GroupCommands {

  private GroupCommands() {}

  static void addTo(CommandSpec groups) {
    ClientCommands.add(
        groups,
        Verb.of("list", "shows all groups")
            .runs((_, remote, out) -> send(remote, out, "GET", "groups", null)),
        Verb.of("get", "shows a group: its workers, and what waits for them")
            .argument("GROUP", "the group")
            .runs((given, remote, out) -> send(remote, out, "GET", path(given), null)),
        Verb.of("slots", "sets how many tasks a worker of the group takes that did not say")
            .argument("GROUP", "the group")
            .argument("N", "a positive number, or unlimited")
            .runs((given, remote, out) ->
                send(remote, out, "PUT", path(given), "{\"slotsPerWorker\":" + slots(given) + "}")),
        worker("drain", "gives a worker no new tasks"),
        worker("gone", "ends a worker's leases and its connection: others get its tasks at once"),
        worker("resume", "gives a drained worker tasks again"));
  }

  private static CommandSpec worker(String action, String description) {
    return Verb.of(action, description)
        .argument("GROUP", "the group")
        .argument("WORKER", "its process id")
        .flag("--by-address", "WORKER is an IP address")
        .runs((given, remote, out) ->
            send(
                remote,
                out,
                "POST",
                path(given)
                    + "/workers/"
                    + Remote.segment(given.argument(1))
                    + "/"
                    + action
                    + (given.isSet("--by-address") ? "?by=address" : ""),
                null));
  }

  private static String slots(Arguments given) {
    String text = given.argument(1);
    if (text.equals("unlimited")) {
      return "null";
    }
    try {
      return Integer.toString(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      throw given.wrong("N", "must be a positive number or unlimited, not '" + text + "'");
    }
  }

  private static String path(Arguments given) {
    return "groups/" + Remote.segment(given.argument(0));
  }

  private static void send(
      Remote remote, PrintWriter out, String method, String path, @Nullable String body) {
    out.println(Answer.pretty(remote.groups(method, path, body)));
  }
}
