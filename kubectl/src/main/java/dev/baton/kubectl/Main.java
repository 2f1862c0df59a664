package dev.baton.kubectl;

import dev.baton.cli.CommandFailure;
import dev.baton.cli.Console;
import dev.baton.protocol.Printable;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code kubectl baton}. */
@Command(
    name = "kubectl baton",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Groups, workers and calls of the server that a namespace's WorkerGroups use.",
    subcommands = {
      Commands.Groups.class,
      Commands.Workers.class,
      Commands.Tree.class,
      Drain.class,
      Commands.WhyNot.class,
      RolloutCommands.class,
      Top.class,
      Explain.class,
      Report.class,
      OpenConsole.class
    })
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.exit(Console.run(Main::commandLine, Arguments.commandFirst(args)));
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    String version = Main.class.getPackage().getImplementationVersion();
    line.getCommandSpec().version("kubectl baton " + (version == null ? "" : version));
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
      err.println(e.getMessage() + suggestion(e));
      err.println("See '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
      return CommandLine.ExitCode.USAGE;
    });
    return line;
  }

  private static String suggestion(CommandLine.ParameterException e) {
    List<String> nearestFirst =
        e instanceof CommandLine.UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    return nearestFirst.isEmpty() ? "" : "; did you mean " + nearestFirst.getFirst() + "?";
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
