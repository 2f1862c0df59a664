package dev.baton.server;

import java.io.PrintWriter;
import picocli.CommandLine;

/** The command line: {@code serve}, {@code dev}. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine.Model.CommandSpec top =
        CommandLine.Model.CommandSpec.create()
            .name("baton")
            .mixinStandardHelpOptions(true)
            .version("Baton " + version());
    top.usageMessage().description("Durable worker groups.");
    CommandLine line = new CommandLine(top);
    line.addSubcommand(
        ServeCommand.create("serve", "runs the server; promises are kept in a file"));
    line.addSubcommand(
        ServeCommand.create(
            "dev", "runs the server in memory: nothing is kept, nothing to set up"));
    line.setExecutionStrategy(Main::run);
    line.setParameterExceptionHandler((e, _) -> {
      PrintWriter err = e.getCommandLine().getErr();
      err.println(e.getMessage());
      err.println("See '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
      return CommandLine.ExitCode.USAGE;
    });
    return line;
  }

  private static int run(CommandLine.ParseResult parsed) {
    Integer help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    CommandLine.ParseResult command = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
    if (!parsed.hasSubcommand()) {
      CommandLine line = parsed.commandSpec().commandLine();
      line.usage(line.getOut());
      return CommandLine.ExitCode.USAGE;
    }
    return ServeCommand.run(command);
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(built from classes)" : version;
  }
}
