package dev.baton.server;

import java.util.List;
import picocli.CommandLine;

/** The server alone, as a program: tests run it, also as a process of its own. */
final class ServerMain {

  private ServerMain() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(CommandLine.Model.CommandSpec.create().name("baton"));
    for (String name : List.of("serve", "dev")) {
      line.addSubcommand(ServeCommand.create(name, "runs the server"));
    }
    line.setExecutionStrategy(parsed -> {
      Integer help = CommandLine.executeHelpRequest(parsed);
      return help != null ? help : ServeCommand.run(parsed.subcommand(), BatonServer::start);
    });
    return line;
  }
}
