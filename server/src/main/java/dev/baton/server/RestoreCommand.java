package dev.baton.server;

import dev.baton.server.config.ConfigurationException;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.sqlite.SqliteRestore;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code restore}: makes a backup the store of a server that is yet to start. */
public final class RestoreCommand {

  private RestoreCommand() {}

  /** Describes the command of that name. */
  public static CommandSpec create(String name, String description) {
    CommandSpec spec = CommandSpec.create().name(name).mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description(description)
        .footer("", "The backup is read to its end first; a store that exists is not overwritten.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .arity("1")
            .required(true)
            .type(String.class)
            .paramLabel("FILE")
            .description("the backup")
            .build());
    Key path = Key.STORAGE_SQLITE_PATH;
    spec.addOption(
        OptionSpec.builder(path.flag())
            .type(String.class)
            .paramLabel("PATH")
            .description("where the server will look for it; as for serve")
            .build());
    return spec;
  }

  /** Runs it; answers the exit code. */
  public static int run(CommandLine.ParseResult parsed) {
    CommandLine line = parsed.commandSpec().commandLine();
    PrintWriter err = line.getErr();
    try {
      Layers layers = new Layers().file(Path.of("resonate.toml")).environment(System.getenv());
      OptionSpec option = parsed.matchedOption(Key.STORAGE_SQLITE_PATH.flag());
      if (option != null) {
        String target = option.getValue();
        layers.set(Key.STORAGE_SQLITE_PATH, target);
      }
      String backup = parsed.matchedPositional(0).getValue();
      if (!(ServerConfig.of(layers).storage() instanceof ServerConfig.Storage.Sqlite sqlite)) {
        err.println("baton: " + Key.STORAGE_SQLITE_PATH.path() + " must be a file");
        return CommandLine.ExitCode.SOFTWARE;
      }
      Path target = Path.of(sqlite.path());
      SqliteRestore.Restored restored = SqliteRestore.restore(Path.of(backup), target);
      line.getOut()
          .printf(
              "%s holds %d promises, of which %d are pending%n",
              target, restored.promises(), restored.pending());
      line.getOut().flush();
      return CommandLine.ExitCode.OK;
    } catch (ConfigurationException | StorageException e) {
      err.println("baton: " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }
}
