package dev.baton.kubectl;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Lets options stand before the command, as with kubectl itself: {@code -n shop groups}. */
final class Arguments {

  /** Those that are of no command. */
  private static final Set<String> OWN = Set.of("-h", "--help", "-V", "--version");

  /** Those that have commands of their own. */
  private static final Set<String> OF_COMMANDS = Set.of("rollout");

  private static final Set<String> WITH_VALUE =
      Set.of(
          "-n",
          "--namespace",
          "-w",
          "--workergroup",
          "-S",
          "--server",
          "-T",
          "--token",
          "--context",
          "--kubeconfig",
          "-o",
          "--output");

  private Arguments() {}

  /** The same with the command first. */
  static String[] commandFirst(String... given) {
    int at = 0;
    while (at < given.length && given[at].startsWith("-")) {
      if (OWN.contains(given[at])) {
        return given;
      }
      at += WITH_VALUE.contains(given[at]) ? 2 : 1;
    }
    if (at == 0 || at >= given.length) {
      return given;
    }
    boolean hasOwn = OF_COMMANDS.contains(given[at]) && at + 1 < given.length;
    int after = at + (hasOwn ? 2 : 1);
    List<String> ordered = new ArrayList<>(List.of(given).subList(at, after));
    ordered.addAll(List.of(given).subList(0, at));
    ordered.addAll(List.of(given).subList(after, given.length));
    return ordered.toArray(String[]::new);
  }
}
