package dev.baton.kubectl;

import dev.baton.cli.CommandFailure;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
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
      Commands.WhyNot.class
    })
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    CommandLine line = commandLine();
    // Results are drawn and may hold any text, whatever the terminal's language is.
    line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    System.exit(line.execute(args));
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    String version = Main.class.getPackage().getImplementationVersion();
    line.getCommandSpec().version("kubectl baton " + (version == null ? "" : version));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((e, command, _) -> {
      command.getErr().println("Error: " + text(e));
      return CommandLine.ExitCode.SOFTWARE;
    });
    line.setParameterExceptionHandler((e, _) -> {
      PrintWriter err = e.getCommandLine().getErr();
      err.println(e.getMessage());
      err.println("See '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
      return CommandLine.ExitCode.USAGE;
    });
    return line;
  }

  private static String text(Exception e) {
    return switch (e) {
      case CommandFailure failure when failure.text().equals("Unauthorized") ->
          "the server does not accept the token, or wants one: --token gives it another";
      case CommandFailure failure -> failure.text();
      case KubernetesClientException kubernetes -> {
        String message =
            kubernetes.getStatus() == null ? null : kubernetes.getStatus().getMessage();
        yield message != null
            ? "Kubernetes says: " + message
            : "the cluster of the kubeconfig cannot be reached: "
                + (kubernetes.getCause() == null
                    ? kubernetes.getMessage()
                    : kubernetes.getCause().getMessage());
      }
      default -> String.valueOf(e.getMessage());
    };
  }
}
