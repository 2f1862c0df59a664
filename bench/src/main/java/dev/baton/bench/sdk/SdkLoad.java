package dev.baton.bench.sdk;

import dev.baton.sdk.Context;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A client and a worker of whatever build of the SDK is on this process's class path; only what
 * older builds have, too, is used. Each line of the input is a round ({@code echo 3.0}: a function
 * and seconds), each line of the output its figures.
 */
public final class SdkLoad {

  private static final int SLOTS = 16;

  private SdkLoad() {}

  /** Takes the server's URL and a group of this process's own. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var figures = System.out;
    System.setOut(System.err); // What is logged is for people.
    var settings = Settings.defaults().withUrl(URI.create(arguments[0])).withGroup(arguments[1]);
    try (Resonate worker = Resonate.connect(settings.withSlots(SLOTS));
        Resonate client = Resonate.connect(settings.withPid(settings.pid() + "-caller"));
        var rounds = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      worker.register("echo", SdkLoad::echo).register("steps", SdkLoad::steps);
      worker.start();
      for (String line = rounds.readLine(); line != null; line = rounds.readLine()) {
        var words = line.split(" ");
        var callers = new Callers(client, words[0]);
        figures.println(callers.round(Double.parseDouble(words[1])).line());
      }
    }
  }

  static int echo(int number) {
    return number;
  }

  static int steps(Context context, int number) {
    int one = context.run("one", Integer.class, () -> number + 1);
    return context.run("two", Integer.class, () -> one - 1);
  }
}
