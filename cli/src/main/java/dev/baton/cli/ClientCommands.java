package dev.baton.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The client commands. Each is described in full only when it is about to run. */
public enum ClientCommands {
  PROMISES("promises", "promise", "shows, creates, settles and finds promises") {
    @Override
    public CommandSpec create() {
      return parent(PromiseCommands::addTo);
    }
  },
  TASKS("tasks", "task", "shows, takes, ends and finds tasks") {
    @Override
    public CommandSpec create() {
      return parent(TaskCommands::addTo);
    }
  },
  SCHEDULES("schedules", "schedule", "shows, creates, deletes and finds schedules") {
    @Override
    public CommandSpec create() {
      return parent(ScheduleCommands::addTo);
    }
  },
  INVOKE("invoke", null, "calls a function by its name") {
    @Override
    public CommandSpec create() {
      return InvokeCommand.create(command(), description());
    }
  },
  TREE("tree", null, "draws who called whom") {
    @Override
    public CommandSpec create() {
      return TreeCommand.create(command(), description());
    }
  },
  WHY("why", null, "says why a promise is not being worked on") {
    @Override
    public CommandSpec create() {
      return WhyCommand.create(command(), description());
    }
  },
  GROUPS("groups", "group", "shows groups and their workers, and hands work over") {
    @Override
    public CommandSpec create() {
      return parent(GroupCommands::addTo);
    }
  },
  BACKUP("backup", null, "writes a copy of a running server's store to a file") {
    @Override
    public CommandSpec create() {
      return BackupCommand.create(command(), description());
    }
  },
  GENERATE_COMPLETION(
      "generate-completion", null, "prints the completion script for bash and zsh") {
    @Override
    public CommandSpec create() {
      Completion completion = spec -> AutoComplete.bash("baton", spec.root().commandLine());
      CommandSpec spec = CommandSpec.wrapWithoutInspection(completion);
      spec.name(command()).addOption(Verb.help());
      spec.usageMessage().description(description(), "", "  source <(baton generate-completion)");
      return spec;
    }
  };

  /** Makes the script for a whole command line. */
  @FunctionalInterface
  private interface Completion {
    String script(CommandSpec spec);
  }

  private final String command;
  private final @Nullable String alias;
  private final String description;

  ClientCommands(String command, @Nullable String alias, String description) {
    this.command = command;
    this.alias = alias;
    this.description = description;
  }

  /** Its name on the command line. */
  public String command() {
    return command;
  }

  /** One line for the help. */
  public String description() {
    return description;
  }

  /** Its names on the command line. */
  public List<String> names() {
    return alias == null ? List.of(command) : List.of(command, alias);
  }

  /** The command with everything under it. */
  public abstract CommandSpec create();

  CommandSpec parent(Consumer<CommandSpec> subcommands) {
    CommandSpec spec = CommandSpec.create().name(command).addOption(Verb.help());
    spec.usageMessage().description(description);
    subcommands.accept(spec);
    return spec;
  }

  static void add(CommandSpec parent, CommandSpec... commands) {
    for (CommandSpec command : commands) {
      parent.addSubcommand(command.name(), command);
    }
  }

  /**
   * Runs the innermost command that was given.
   *
   * @param environment where defaults for server and token may be
   * @return the exit code
   */
  public static int run(ParseResult command, Map<String, String> environment) {
    CommandSpec spec = command.commandSpec();
    CommandLine line = spec.commandLine();
    PrintWriter out = line.getOut();
    switch (spec.userObject()) {
      case Completion completion -> out.print(completion.script(spec));
      case Action action -> {
        try {
          run(action, new Arguments(command, environment), out);
        } catch (CommandFailure e) {
          out.flush();
          line.getErr().println("Error: " + e.text());
          line.getErr().flush();
          return CommandLine.ExitCode.SOFTWARE;
        }
      }
      case null, default -> {
        line.usage(line.getErr());
        return CommandLine.ExitCode.USAGE;
      }
    }
    if (out.checkError()) {
      line.getErr().println("Error: not all of the output could be written");
      line.getErr().flush();
      return CommandLine.ExitCode.SOFTWARE;
    }
    return CommandLine.ExitCode.OK;
  }

  private static void run(Action action, Arguments arguments, PrintWriter out) {
    Remote remote =
        Remote.named(
            arguments.textOrNull("--server", "RESONATE_URL"),
            arguments.textOrNull("--token", "RESONATE_TOKEN"));
    action.run(arguments, remote, out);
  }
}
