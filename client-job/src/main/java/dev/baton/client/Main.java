package dev.baton.client;

import dev.baton.client.Outcome.Failed;
import dev.baton.sdk.Options;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Entry point. Exit code 0: every call succeeded; 1: some failed; 2: the arguments are wrong. */
@Command(
    name = "baton-client",
    mixinStandardHelpOptions = true,
    version = "baton-client 0.1.0",
    sortOptions = false,
    description = {
      "Dispatches calls of computeSomething to a worker group, waits, and reports who did them.",
      "Each call costs a random number of units; how long a unit is, the workers know."
    })
public final class Main implements Callable<Integer> {
  private static final Pattern RUN_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,99}");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "${env:RESONATE_URL:-http://localhost:8001}",
      description = "The server (default: RESONATE_URL, else http://localhost:8001).")
  private URI url = Settings.DEFAULT_URL;

  @Option(
      names = "--group",
      paramLabel = "GROUP",
      defaultValue = "${env:RESONATE_GROUP:-" + Settings.DEFAULT_GROUP + "}",
      description = "The group that does the work (default: RESONATE_GROUP, else default).")
  private String group = Settings.DEFAULT_GROUP;

  @Option(
      names = "--calls",
      paramLabel = "N",
      defaultValue = "${env:CALLS:-6}",
      description = "How many calls (default: CALLS, else 6).")
  private int calls;

  @Option(
      names = "--min-cost",
      paramLabel = "N",
      defaultValue = "1",
      description = "The least that a call costs (default: ${DEFAULT-VALUE}).")
  private int minCost;

  @Option(
      names = "--max-cost",
      paramLabel = "N",
      defaultValue = "10",
      description = "The most that a call costs (default: ${DEFAULT-VALUE}).")
  private int maxCost;

  @Option(
      names = "--run-id",
      paramLabel = "ID",
      defaultValue = "${env:RUN_ID}",
      description =
          "Names the run: the same again finds its results instead of repeating the work (default:"
              + " RUN_ID, else a random one).")
  private @Nullable String runId;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Determines the costs (default: follows from the run's id).")
  private @Nullable Long seed;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "How long all of it may take (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @Option(names = "--json", description = "Print events as JSON, one a line, instead of text.")
  private boolean asJson;

  /** Runs the client. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main()).setParameterExceptionHandler(Main::refuse);
  }

  @Override
  public Integer call() throws InterruptedException {
    var run = run();
    var output = asJson ? new JsonOutput(System.out) : new TextOutput(System.out);
    var options = Options.target(run.target()).timeout(run.timeout());
    try (var resonate = Resonate.connect(settings())) {
      var outcomes = new Dispatch(resonate.with(options), output).perform(run);
      return outcomes.stream().anyMatch(Failed.class::isInstance) ? 1 : 0;
    }
  }

  private Run run() {
    check(calls >= 1 && calls <= 10_000, "--calls must be 1 to 10000, but is " + calls);
    check(minCost >= 0, "--min-cost must not be negative, but is " + minCost);
    check(
        maxCost >= minCost && maxCost < Integer.MAX_VALUE,
        "--max-cost must be at least --min-cost (%d), but is %d".formatted(minCost, maxCost));
    check(timeoutSeconds >= 1, "--timeout must be at least 1 second, but is " + timeoutSeconds);
    check(!group.isBlank(), "--group must not be empty");
    var id = runId == null || runId.isEmpty() ? randomRunId() : runId;
    check(
        RUN_ID.matcher(id).matches(),
        "--run-id must be letters, digits, - and _, at most 100, but is '" + id + "'");
    var costSeed = seed == null ? Integer.toUnsignedLong(id.hashCode()) : seed;
    return new Run(
        id,
        url.toString(),
        "poll://any@" + group,
        Call.ofRun(id, calls, costSeed, minCost, maxCost),
        costSeed,
        Duration.ofSeconds(timeoutSeconds));
  }

  private Settings settings() {
    try {
      return Settings.fromEnvironment().withUrl(url).withGroup(group);
    } catch (IllegalArgumentException e) {
      throw refusal(String.valueOf(e.getMessage()));
    }
  }

  private static String randomRunId() {
    return "run-" + Integer.toString(new Random().nextInt(36 * 36 * 36 * 36), 36);
  }

  /** The reason alone, not buried under the whole help. */
  private static int refuse(ParameterException refusal, String[] arguments) {
    var commandLine = refusal.getCommandLine();
    var name = commandLine.getCommandName();
    commandLine.getErr().printf("%s%nTry '%s --help'.%n", refusal.getMessage(), name);
    return ExitCode.USAGE;
  }

  private void check(boolean holds, String otherwise) {
    if (!holds) {
      throw refusal(otherwise);
    }
  }

  private ParameterException refusal(String message) {
    if (spec == null) {
      throw new IllegalStateException("picocli has not set the command");
    }
    return new ParameterException(spec.commandLine(), message);
  }
}
