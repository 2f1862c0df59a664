package dev.baton.kubectl;

import dev.baton.cli.CommandFailure;
import dev.baton.cli.Console;
import dev.baton.protocol.Printable;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code kubectl baton}. */
@Command(
    name = "kubectl baton",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Groups, workers and calls of the server that a namespace's WorkerGroups use.")
public final class Main {

  /** In the order in which help shows them. */
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("groups", Commands.Groups.class);
    COMMANDS.put("workers", Commands.Workers.class);
    COMMANDS.put("tree", Commands.Tree.class);
    COMMANDS.put("drain", Drain.class);
    COMMANDS.put("why", Commands.WhyNot.class);
    COMMANDS.put("rollout", RolloutCommands.class);
    COMMANDS.put("top", Top.class);
    COMMANDS.put("explain", Explain.class);
    COMMANDS.put("report", Report.class);
    COMMANDS.put("console", OpenConsole.class);
  }

  private Main() {}

  public static void main(String[] args) {
    String[] ordered = Arguments.commandFirst(args);
    System.exit(Console.run(() -> commandLine(ordered), ordered));
  }

  /**
   * With all commands, or, where the arguments begin with one, with that one only: to read the
   * annotations of the others takes longer than most commands do.
   */
  static CommandLine commandLine(String... arguments) {
    CommandLine line = new CommandLine(new Main());
    Class<?> only = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
    if (only == null) {
      COMMANDS.forEach(line::addSubcommand);
    } else {
      line.addSubcommand(arguments[0], only);
    }
    line.getCommandSpec().versionProvider(Main::version);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((e, command, parsed) -> {
      command.getErr().println("Error: " + text(e));
      if (parsed.hasMatchedOption(CommandFailure.DEBUG)) {
        e.printStackTrace(command.getErr());
      }
      return CommandLine.ExitCode.SOFTWARE;
    });
    line.setParameterExceptionHandler((e, _) -> {
      PrintWriter err = e.getCommandLine().getErr();
      err.println(Console.complaint(e));
      err.println("See '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
      return CommandLine.ExitCode.USAGE;
    });
    return line;
  }

  /** It takes opening the jar, so it is read where it is asked for. */
  private static String[] version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return new String[] {"kubectl baton " + (version == null ? "" : version)};
  }

  private static String text(Exception e) {
    return switch (e) {
      case CommandFailure failure when failure.text().equals("Unauthorized") ->
          "the server does not accept the token, or wants one: --token gives it another";
      case CommandFailure failure -> failure.text();
      case KubernetesClientException kubernetes -> Printable.of(Trouble.of(kubernetes));
      default -> CommandFailure.unexpected(e);
    };
  }
}
