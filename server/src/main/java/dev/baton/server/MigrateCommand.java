package dev.baton.server;

import dev.baton.server.config.ConfigurationException;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.postgres.PostgresRows;
import dev.baton.server.storage.postgres.PostgresTarget;
import dev.baton.server.storage.sqlite.SqliteRows;
import dev.baton.server.storage.sqlite.SqliteTarget;
import dev.baton.server.storage.transfer.RowSink;
import dev.baton.server.storage.transfer.RowSource;
import dev.baton.server.storage.transfer.Transfer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code migrate}: moves the store of a server that has been stopped to another kind of store. */
public final class MigrateCommand {

  private static final String FROM = "--from";
  private static final String TO = "--to";
  private static final String SQLITE = "sqlite:";
  private static final String POSTGRES = "postgres:";

  private MigrateCommand() {}

  /** Describes the command of that name. */
  public static CommandSpec create(String name, String description) {
    CommandSpec spec = CommandSpec.create().name(name).mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description(description)
        .footer(
            "",
            "STORE is sqlite:FILE or postgres:URL, such as postgres://user@host/database. The",
            "password may be in RESONATE_STORAGE__POSTGRES__PASSWORD_FILE, as for serve. No server",
            "may run on either. The new store must be empty; what has been written is read again",
            "and compared, and is there whole or not at all. The old store stays as it is.");
    spec.addOption(option(FROM, "the store that is"));
    spec.addOption(option(TO, "the store that is to be"));
    return spec;
  }

  private static OptionSpec option(String name, String description) {
    return OptionSpec.builder(name)
        .type(String.class)
        .required(true)
        .paramLabel("STORE")
        .description(description)
        .build();
  }

  /** Runs it; answers the exit code. */
  public static int run(CommandLine.ParseResult parsed, Map<String, String> environment) {
    CommandLine line = parsed.commandSpec().commandLine();
    PrintWriter out = line.getOut();
    PrintWriter err = line.getErr();
    String from = parsed.matchedOption(FROM).getValue();
    String to = parsed.matchedOption(TO).getValue();
    try (RowSource source = source(from, environment);
        RowSink sink = sink(to, environment)) {
      Transfer.Moved moved = Transfer.run(source, sink);
      out.printf(
          "moved %d promises, of which %d are pending, %d callbacks, %d listeners, %d schedules and"
              + " the settings of %d groups%nread again and found the same: SHA-256 %s%n",
          moved.promises(),
          moved.pending(),
          moved.callbacks(),
          moved.listeners(),
          moved.schedules(),
          moved.groups(),
          moved.digest());
      out.flush();
      return CommandLine.ExitCode.OK;
    } catch (ConfigurationException | StorageException e) {
      err.println("baton: " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private static RowSource source(String store, Map<String, String> environment) {
    return store.startsWith(SQLITE)
        ? SqliteRows.open(file(store))
        : PostgresRows.open(Databases.settings(database(FROM, store, environment), null));
  }

  private static RowSink sink(String store, Map<String, String> environment) {
    return store.startsWith(SQLITE)
        ? SqliteTarget.open(file(store))
        : PostgresTarget.open(Databases.settings(database(TO, store, environment), null));
  }

  private static Path file(String store) {
    return Path.of(store.substring(SQLITE.length()));
  }

  private static ServerConfig.Storage.Postgres database(
      String option, String store, Map<String, String> environment) {
    String url = store;
    if (store.startsWith(POSTGRES) && !store.startsWith(POSTGRES + "//")) {
      url = store.substring(POSTGRES.length());
    } else if (!store.startsWith("postgres")) {
      throw new ConfigurationException(option + " must be sqlite:FILE or postgres:URL");
    }
    Layers layers =
        new Layers()
            .file(Path.of("resonate.toml"))
            .environment(environment)
            .set(Key.STORAGE_TYPE, "postgres")
            .set(Key.STORAGE_POSTGRES_URL, url);
    if (ServerConfig.of(layers).storage() instanceof ServerConfig.Storage.Postgres postgres) {
      return postgres;
    }
    throw new IllegalStateException("storage.type was set");
  }
}
