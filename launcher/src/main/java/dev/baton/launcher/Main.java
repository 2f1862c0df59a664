package dev.baton.launcher;

import dev.baton.cli.ClientCommands;
import dev.baton.cli.CommandFailure;
import dev.baton.cli.Console;
import dev.baton.legacy.Legacy;
import dev.baton.protocol.Printable;
import dev.baton.server.BatonServer;
import dev.baton.server.MigrateCommand;
import dev.baton.server.RestoreCommand;
import dev.baton.server.ServeCommand;
import java.io.PrintWriter;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command line: {@code serve}, {@code dev}, {@code restore}, and the commands of clients. What
 * the program is composed of is said here.
 */
public final class Main {

  private static final String SERVE = "serve";
  private static final String DEV = "dev";
  private static final String RESTORE = "restore";
  private static final String MIGRATE = "migrate";
  private static final String MIGRATES = "moves a store to another kind of store";
  private static final String RESTORES = "makes a backup the store of a server to come";

  private Main() {}

  public static void main(String[] args) {
    System.exit(Console.run(() -> commandLine(args.length == 0 ? "" : args[0]), args));
  }

  /** The command line; only the command of that name is described in full, so it starts quickly. */
  static CommandLine commandLine(String named) {
    CommandSpec top =
        CommandSpec.create()
            .name("baton")
            .mixinStandardHelpOptions(true)
            .version("Baton " + version());
    top.usageMessage().description("Durable worker groups.");
    CommandLine line = new CommandLine(top);
    boolean isWhole = named.equals(ClientCommands.GENERATE_COMPLETION.command());
    addServer(
        line,
        SERVE,
        "runs the server; promises are kept in a file or in PostgreSQL",
        isWhole,
        named);
    addServer(
        line, DEV, "runs the server in memory: nothing is kept, nothing to set up", isWhole, named);
    line.addSubcommand(
        isWhole || RESTORE.equals(named)
            ? RestoreCommand.create(RESTORE, RESTORES)
            : stub(RESTORE, RESTORES));
    line.addSubcommand(
        isWhole || MIGRATE.equals(named)
            ? MigrateCommand.create(MIGRATE, MIGRATES)
            : stub(MIGRATE, MIGRATES));
    for (ClientCommands command : ClientCommands.values()) {
      CommandSpec spec =
          isWhole || command.names().contains(named)
              ? command.create()
              : stub(command.command(), command.description());
      spec.aliases(command.names().stream().skip(1).toArray(String[]::new));
      line.addSubcommand(spec);
    }
    line.setExecutionStrategy(Main::run);
    line.setExecutionExceptionHandler((e, command, parsed) ->
        Console.unexpected(
            e, innermost(parsed).hasMatchedOption(CommandFailure.DEBUG), command.getErr()));
    line.setParameterExceptionHandler((e, arguments) -> {
      PrintWriter err = e.getCommandLine().getErr();
      String command = commandAfterAnOption(line, arguments);
      err.println(
          command == null
              ? Console.complaint(e)
              : Printable.of(arguments[0])
                  + " must come after the command, as in: baton "
                  + command
                  + " ...");
      err.println("See '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
      return CommandLine.ExitCode.USAGE;
    });
    return line;
  }

  /** The command, if it is not the first argument, as other programs have it. */
  private static @Nullable String commandAfterAnOption(CommandLine line, String[] arguments) {
    return arguments.length > 0 && arguments[0].startsWith("-")
        ? Stream.of(arguments).filter(line.getSubcommands()::containsKey).findFirst().orElse(null)
        : null;
  }

  private static void addServer(
      CommandLine line, String name, String description, boolean isWhole, String named) {
    line.addSubcommand(
        isWhole || name.equals(named)
            ? ServeCommand.create(name, description)
            : stub(name, description));
  }

  private static CommandSpec stub(String name, String description) {
    CommandSpec spec = CommandSpec.create().name(name);
    spec.usageMessage().description(description);
    return spec;
  }

  private static int run(ParseResult parsed) {
    Integer help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    if (!parsed.hasSubcommand()) {
      CommandLine line = parsed.commandSpec().commandLine();
      line.usage(line.getErr());
      return CommandLine.ExitCode.USAGE;
    }
    ParseResult command = parsed.subcommand();
    return switch (command.commandSpec().name()) {
      case SERVE, DEV ->
          ServeCommand.run(command, config -> BatonServer.startWarm(config, Legacy::new));
      case RESTORE -> RestoreCommand.run(command);
      case MIGRATE -> MigrateCommand.run(command, System.getenv());
      default -> ClientCommands.run(innermost(command), System.getenv());
    };
  }

  private static ParseResult innermost(ParseResult parsed) {
    ParseResult command = parsed;
    while (command.hasSubcommand()) {
      command = command.subcommand();
    }
    return command;
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "(built from classes)" : version;
  }
}
