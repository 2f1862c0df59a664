package dev.baton.kubectl;

import dev.baton.cli.CommandFailure;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every command takes. */
final class Options {

  /** How results are printed. */
  enum Output {
    JSON
  }

  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAME",
      description = "the namespace of the WorkerGroups (default: the context's)")
  @Nullable String namespace;

  @Option(
      names = {"-w", "--workergroup"},
      paramLabel = "NAME",
      description = "the WorkerGroup whose server is meant, where there are several servers")
  @Nullable String workerGroup;

  @Option(
      names = {"-S", "--server"},
      paramLabel = "URL",
      description = "the server itself, without looking into the cluster")
  @Nullable String server;

  @Option(
      names = {"-T", "--token"},
      paramLabel = "JWT",
      description =
          "the server's token (default: $RESONATE_TOKEN, else the Secret that the WorkerGroup"
              + " names)")
  @Nullable String token;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description = "the context of the kubeconfig (default: the current one)")
  @Nullable String context;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "the kubeconfig (default: $KUBECONFIG, else ~/.kube/config)")
  @Nullable String kubeconfig;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "json: for programs")
  @Nullable Output output;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  boolean isHelpAskedFor;

  @Option(
      names = CommandFailure.DEBUG,
      description = "shows where an unexpected failure comes from")
  boolean isDebugging;

  boolean isJson() {
    return output == Output.JSON;
  }
}
