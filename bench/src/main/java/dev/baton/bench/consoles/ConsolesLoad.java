package dev.baton.bench.consoles;

import dev.baton.bench.load.Loop;
import dev.baton.bench.load.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Each line of the input is something to do ({@code open VIEW COUNT GROUP}, {@code bytes}, {@code
 * close}), each line of the output says that it is done.
 */
public final class ConsolesLoad {

  private static final long PATIENCE_SECONDS = 30;

  private final Loop loop = new Loop();
  private final Target target;
  private @Nullable Consoles consoles;

  private ConsolesLoad(Target target) {
    this.target = target;
  }

  /** Takes the server's name and port. */
  public static void main(String[] arguments) throws Exception {
    var figures = System.out;
    System.setOut(System.err); // What is logged is for people.
    ConsolesLoad load = new ConsolesLoad(Target.of(URI.create("http://" + arguments[0])));
    try (Loop _ = load.loop;
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      figures.println("ready");
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        figures.println(load.perform(line.split(" ")));
      }
    }
  }

  private String perform(String[] words) throws Exception {
    check();
    switch (words[0]) {
      case "open" -> open(View.valueOf(words[1]), Integer.parseInt(words[2]), words[3]);
      case "bytes" -> {
        return Long.toString(opened().bytes());
      }
      case "close" -> opened().close();
      default -> throw new IOException("not understood: " + words[0]);
    }
    return "done";
  }

  private void open(View view, int count, String group) throws Exception {
    Consoles opening = Consoles.open(loop, target, view, count, group);
    consoles = opening;
    CompletableFuture.anyOf(opening.shown(), loop.broken()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private Consoles opened() {
    return Objects.requireNonNull(consoles, "none is open");
  }

  private void check() {
    if (loop.broken().isCompletedExceptionally()) {
      loop.broken().join();
    }
  }
}
