package dev.baton.demo;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Entry point: {@code Main <root of the project> [--watch]}; exit code 0 when the story ended well.
 */
public final class Main {

  private Main() {}

  /** Runs the demo; on Ctrl-C or SIGTERM its processes and files are removed as well. */
  public static void main(String[] args) throws IOException {
    boolean isWatched = args.length == 2 && args[1].equals("--watch");
    if (args.length != 1 && !isWatched) {
      System.err.println("usage: scripts/demo.sh [--watch] (or: make demo [ARGS=--watch])");
      System.exit(2);
    }
    var stage = new Stage();
    Runtime.getRuntime().addShutdownHook(new Thread(stage::close, "close the stage"));
    System.exit(play(Path.of(args[0]).toAbsolutePath(), stage, isWatched) ? 0 : 1);
  }

  private static boolean play(Path root, Stage stage, boolean isWatched) {
    try {
      Demo demo = new Demo(root, costUnitMs(), stage, System.out);
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
