package dev.baton.server;

import dev.baton.server.config.ConfigurationException;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.Notices;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.storage.StorageException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code serve} and {@code dev}: one option for each configuration key. */
public final class ServeCommand {

  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  private ServeCommand() {}

  /** Describes the command of that name. */
  public static CommandSpec create(String name, String description) {
    CommandSpec spec = CommandSpec.create().name(name).mixinStandardHelpOptions(true);
    spec.usageMessage()
        .description(description)
        .footer(
            "",
            "Each option can also be set in resonate.toml (--server-port is server.port) and in"
                + " the",
            "environment (RESONATE_SERVER__PORT); options win over the environment, and that over",
            "the file.");
    for (Key key : Key.values()) {
      String fallback =
          name.equals("dev") && key == Key.STORAGE_SQLITE_PATH ? ":memory:" : key.fallback();
      String suffix = fallback == null ? "" : " (default: " + fallback + ")";
      OptionSpec.Builder option =
          OptionSpec.builder(key.flag()).description((key.meaning() + suffix).replace("%", "%%"));
      switch (key.kind()) {
        case TEXT -> option.type(String.class).paramLabel("TEXT");
        case NUMBER -> option.type(String.class).paramLabel("N");
        case SWITCH ->
            option.type(String.class).arity("0..1").fallbackValue("true").paramLabel("BOOL");
        case LIST -> option.type(List.class).auxiliaryTypes(String.class).paramLabel("TEXT");
      }
      spec.addOption(option.build());
    }
    return spec;
  }

  /**
   * Runs a server until the process is asked to end.
   *
   * @param starter starts the server
   * @return the exit code
   */
  public static int run(
      CommandLine.ParseResult parsed, Function<ServerConfig, BatonServer> starter) {
    PrintWriter err = parsed.commandSpec().commandLine().getErr();
    CompletableFuture<Optional<BatonServer>> server = new CompletableFuture<>();
    endInGoodOrder(server);
    try {
      Layers layers = layers(parsed);
      ServerConfig config = ServerConfig.of(layers);
      LogLevel.set(config.level());
      Notices.of(layers, config).forEach(LOG::warn);
      server.complete(Optional.of(starter.apply(config)));
    } catch (ConfigurationException | StorageException | IllegalStateException e) {
      err.println("baton: " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    } finally {
      server.complete(Optional.empty()); // If it has not started, there is nothing to end.
    }
    return untilStopped();
  }

  private static Layers layers(CommandLine.ParseResult parsed) {
    Layers layers = new Layers();
    if (parsed.commandSpec().name().equals("dev")) {
      layers.set(Key.STORAGE_SQLITE_PATH, ":memory:");
    }
    layers.file(Path.of("resonate.toml")).environment(System.getenv());
    for (Key key : Key.values()) {
      OptionSpec option = parsed.matchedOption(key.flag());
      if (option != null) {
        Object value = option.getValue();
        layers.set(
            key,
            value instanceof List<?> list
                ? list.stream().map(String::valueOf).toArray(String[]::new)
                : new String[] {String.valueOf(value)});
      }
    }
    return layers;
  }

  /** On SIGTERM or SIGINT a server ends in good order, and with code 0, also while it starts. */
  private static void endInGoodOrder(CompletableFuture<Optional<BatonServer>> server) {
    Runnable end =
        () ->
            server
                .join()
                .ifPresent(started -> {
                  started.leave();
                  started.close();
                  Runtime.getRuntime().halt(CommandLine.ExitCode.OK);
                });
    Runtime.getRuntime().addShutdownHook(new Thread(end, "shutdown"));
  }

  private static int untilStopped() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return CommandLine.ExitCode.OK;
  }
}
