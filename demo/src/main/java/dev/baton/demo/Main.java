package dev.baton.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Entry point: {@code Main <root of the project> [--servers=N] [--watch]}; exit code 0 when the
 * story ended well.
 */
public final class Main {

  private Main() {}

  /** Runs the demo; on Ctrl-C or SIGTERM its processes and files are removed as well. */
  public static void main(String[] args) throws IOException {
    var options = List.of(args).subList(Math.min(1, args.length), args.length);
    var isWatched = options.contains("--watch");
    var servers = servers(options);
    if (args.length == 0 || servers == 0 || options.size() > 2) {
      System.err.println(
          "usage: scripts/demo.sh [--servers=N] [--watch]"
              + " (or: make demo [SERVERS=3] [ARGS=--watch]), with 1 to 9 servers");
      System.exit(2);
    }
    var stage = new Stage();
    Runtime.getRuntime().addShutdownHook(new Thread(stage::close, "close the stage"));
    System.exit(play(Path.of(args[0]).toAbsolutePath(), stage, servers, isWatched) ? 0 : 1);
  }

  /** How many; 0 if something else was said. */
  private static int servers(List<String> options) {
    var found = 1;
    for (var option : options) {
      var said = Pattern.compile("--servers=([1-9])").matcher(option);
      if (said.matches()) {
        found = Integer.parseInt(said.group(1));
      } else if (!option.equals("--watch")) {
        return 0;
      }
    }
    return found;
  }

  private static boolean play(Path root, Stage stage, int servers, boolean isWatched) {
    try {
      Demo demo = new Demo(root, costUnitMs(), servers, stage, System.out);
      return isWatched ? demo.play(new Audience(System.in, System.out)) : demo.play();
    } catch (InterruptedException | IOException | DemoFailedException e) {
      System.out.flush();
      System.err.println(stage.lastLines());
      System.err.println("The demo failed: " + e.getMessage());
      return false;
    }
  }

  private static long costUnitMs() {
    var text = System.getenv().getOrDefault("COST_UNIT_MS", "1000");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new DemoFailedException("COST_UNIT_MS must be a number of milliseconds, not " + text);
    }
  }
}
