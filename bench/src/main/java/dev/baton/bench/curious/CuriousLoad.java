package dev.baton.bench.curious;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Clients that read large things, in a process of their own. Each line of the input is something to
 * do ({@code begin}, {@code pause}, {@code seconds}), each line of the output says that it is done.
 */
public final class CuriousLoad {

  private CuriousLoad() {}

  /**
   * Takes the server's name and port, its port of metrics, how many trees and groups there are, and
   * kinds.
   */
  public static void main(String[] arguments) throws Exception {
    var figures = System.out;
    System.setOut(System.err);
    var clients =
        new CuriousClients(
            arguments[0],
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]),
            kinds(arguments[4]));
    try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      clients.makeGroups(Integer.parseInt(arguments[3]));
      figures.println("ready");
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        figures.println(perform(clients, line));
      }
    }
  }

  private static Set<Kind> kinds(String names) {
    return Arrays.stream(names.split(",")).map(Kind::valueOf).collect(Collectors.toSet());
  }

  private static String perform(CuriousClients clients, String what) throws IOException {
    switch (what) {
      case "begin" -> clients.begin();
      case "pause" -> clients.pause();
      case "seconds" -> {
        return Arrays.stream(Kind.values())
            .map(kind -> Double.toString(clients.seconds(kind)))
            .collect(Collectors.joining(" "));
      }
      default -> throw new IOException("not understood: " + what);
    }
    return "done";
  }
}
