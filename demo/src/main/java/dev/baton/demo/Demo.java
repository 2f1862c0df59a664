package dev.baton.demo;

import dev.baton.testing.Ports;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The demo's plot: set the stage, let the client run, kill a worker, judge the outcome. */
final class Demo {
  static final Duration TAKEOVER_LIMIT = Duration.ofSeconds(2);

  /** How long nobody may own the store. */
  static final Duration OWNER_LIMIT = Duration.ofSeconds(2);

  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final Duration PLAY_LIMIT = Duration.ofSeconds(90);
  private static final String GROUP = "workers";
  private static final List<String> WORKERS = List.of("worker-1", "worker-2", "worker-3");
  private static final int CALLS = 6;
  // Costs 3 1 9 3 1 4: when the others are done, the longest call still has five units to go.
  private static final long SEED = 161;

  private final Path root;
  private final long costUnitMs;
  private final int serverCount;
  private final Stage stage;
  private final PrintStream out;
  private final Timeline timeline;
  private final Ownership ownership = new Ownership();
  private final List<String> clientReport = new ArrayList<>();

  /**
   * @param serverCount one on a file, or several over a PostgreSQL
   */
  Demo(Path root, long costUnitMs, int serverCount, Stage stage, PrintStream out) {
    this.root = root;
    this.costUnitMs = costUnitMs;
    this.serverCount = serverCount;
    this.stage = stage;
    this.out = out;
    this.timeline = new Timeline(out, System.nanoTime());
  }

  /** Returns whether all six calls succeeded and each takeover was in time. */
  boolean play() throws IOException, InterruptedException {
    var url = startServers();
    startWorkers(url);
    return play(url);
  }

  /**
   * The same, at the pace of who watches on the console; the servers run until they have seen it.
   */
  boolean play(Audience audience) throws IOException, InterruptedException {
    var url = startServers();
    startWorkers(url);
    audience.await("when the console's page shows the three workers");
    var isGood = play(url);
    audience.await("to end the servers");
    return isGood;
  }

  private boolean play(String url) throws IOException, InterruptedException {
    startClient(url);
    var story = new Story(CALLS, WORKERS);
    var deadline = System.nanoTime() + PLAY_LIMIT.toNanos();
    while (stage.isAlive("client") || stage.hasLines()) {
      if (System.nanoTime() > deadline) {
        throw new DemoFailedException(
            "the client is not done after " + PLAY_LIMIT.toSeconds() + " s");
      }
      var line = stage.nextLine(100);
      if (line != null) {
        tell(line, story);
      }
      if (isTimeToKillTheOwner(story)) {
        killOwner();
      }
      if (!isOwnerAwaited()) {
        story.victim().ifPresent(victim -> kill(victim, story));
      }
    }
    return judge(story, stage.exitCode("client"));
  }

  /** When work is under way, and some of it done: long before the worker. */
  private boolean isTimeToKillTheOwner(Story story) {
    return serverCount > 1
        && story.hasFinished()
        && !ownership.isOver()
        && ownership.owner().isPresent();
  }

  private void killOwner() {
    ownership
        .owner()
        .ifPresent(owner -> {
          var now = System.nanoTime();
          stage.kill(owner);
          timeline.say(now, "KILL", ownership.killed(now));
        });
  }

  /** One misfortune after the other, so that each can be seen. */
  private boolean isOwnerAwaited() {
    return serverCount > 1 && ownership.takeoverMs().isEmpty();
  }

  private String startServers() throws IOException, InterruptedException {
    if (serverCount == 1) {
      return startServer();
    }
    say("postgres", "starting, for " + serverCount + " servers");
    var cluster =
        Cluster.start(
            root,
            stage,
            serverCount,
            Ports::free,
            port -> say("postgres", "ready at port " + port),
            START_LIMIT);
    while (stage.hasLines()) { // Who owns the store, before it is told what came later.
      var line = stage.nextLine(0);
      if (line != null) {
        tellOfServer(line);
      }
    }
    say("servers", String.join(", ", cluster.names()) + " ready, reached at " + cluster.url());
    say("console", cluster.url() + "/console/");
    return cluster.url();
  }

  private String startServer() throws IOException, InterruptedException {
    var port = Ports.free();
    var url = "http://localhost:" + port;
    var store = stage.directory().resolve("baton.db");
    var command =
        List.of(
            root.resolve("baton").toString(),
            "serve",
            "--server-port=" + port,
            "--observability-metrics-port=0",
            "--storage-sqlite-path=" + store);
    stage.start("server", command, Map.of("JAVA_HOME", System.getProperty("java.home")));
    new Probe(URI.create(url + "/ready")).awaitAnswer("server", stage, START_LIMIT, answer -> true);
    say("server", "ready at " + url + ", data in " + store);
    say("console", url + "/console/");
    return url;
  }

  private void startWorkers(String url) throws IOException, InterruptedException {
    for (var worker : WORKERS) {
      stage.start(
          worker,
          java("worker-image", "dev.baton.worker.Main", List.of()),
          Map.of(
              "RESONATE_URL", url,
              "RESONATE_GROUP", GROUP,
              "RESONATE_PID", worker,
              "COST_UNIT_MS", Long.toString(costUnitMs)));
    }
    var all = "\"connectedWorkers\":" + WORKERS.size();
    new Probe(URI.create(url + "/groups/" + GROUP))
        .awaitAnswer(WORKERS.getLast(), stage, START_LIMIT, answer -> answer.contains(all));
    say("workers", String.join(", ", WORKERS) + " connected, one slot each");
  }

  private void startClient(String url) throws IOException {
    var arguments =
        List.of(
            "--url=" + url,
            "--group=" + GROUP,
            "--calls=" + CALLS,
            "--run-id=demo",
            "--seed=" + SEED);
    stage.start("client", java("client-job", "dev.baton.client.Main", arguments), Map.of());
  }

  private void tell(Stage.Line line, Story story) {
    if (line.process().equals("client")) {
      if (line.text().isEmpty() || !clientReport.isEmpty()) {
        clientReport.add(line.text());
      } else {
        timeline.say(line.atNanos(), "client", line.text().strip());
      }
    } else if (line.process().startsWith("server-")) {
      tellOfServer(line);
    } else {
      WorkerEvent.parse(line.text())
          .ifPresent(event ->
              timeline.say(line.atNanos(), event.worker(), story.on(event, line.atNanos())));
    }
  }

  private void tellOfServer(Stage.Line line) {
    ownership
        .on(line.process(), line.text(), line.atNanos())
        .ifPresent(said -> timeline.say(line.atNanos(), line.process(), said));
  }

  private void kill(String victim, Story story) {
    var now = System.nanoTime();
    stage.kill(victim);
    timeline.say(now, "KILL", story.killed(victim, now));
  }

  private boolean judge(Story story, int clientExitCode) {
    clientReport.forEach(out::println);
    var takeover = story.takeoverMs();
    if (clientExitCode != 0) {
      throw new DemoFailedException("the client ended with exit code " + clientExitCode);
    }
    if (takeover.isEmpty()) {
      throw new DemoFailedException("no worker was killed, or nobody took over its call");
    }
    var inTime = takeover.getAsLong() <= TAKEOVER_LIMIT.toMillis();
    out.printf(
        "%nAll %d calls succeeded. The killed worker's call ran again on a survivor after %d ms"
            + " (limit %d ms): %s%n",
        CALLS, takeover.getAsLong(), TAKEOVER_LIMIT.toMillis(), inTime ? "ok" : "TOO LATE");
    return serverCount == 1 ? inTime : judgeOwners(story) && inTime;
  }

  private boolean judgeOwners(Story story) {
    var takeover = ownership.takeoverMs();
    if (takeover.isEmpty()) {
      throw new DemoFailedException("the owner was not killed, or no other server took over");
    }
    var inTime = takeover.getAsLong() <= OWNER_LIMIT.toMillis();
    var repeated = story.repeated();
    out.printf(
        "The killed owner's store belonged to another server after %d ms (limit %d ms): %s%n"
            + "Calls that ran twice: %s, which the killed worker had: %s%n",
        takeover.getAsLong(),
        OWNER_LIMIT.toMillis(),
        inTime ? "ok" : "TOO LATE",
        String.join(", ", repeated),
        repeated.size() == 1 ? "ok" : "TOO MANY");
    return inTime && repeated.size() == 1;
  }

  private void say(String who, String what) {
    timeline.say(System.nanoTime(), who, what);
  }

  private List<String> java(String module, String main, List<String> arguments) throws IOException {
    var target = root.resolve(module).resolve("target");
    var jar = target.resolve("baton-" + module + ".jar");
    if (!Files.exists(jar)) {
      throw new DemoFailedException(jar + " is missing: run 'make build'");
    }
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Short lives: the quick compiler and the small collector start fastest.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", jar + ":" + target.resolve("app/lib") + "/*", main));
    command.addAll(arguments);
    return command;
  }
}
