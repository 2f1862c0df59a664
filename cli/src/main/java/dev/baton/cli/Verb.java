package dev.baton.cli;

import dev.baton.protocol.Request;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Describes a client command: its arguments, its options, and what it does. */
final class Verb {

  private final String name;
  private final String description;
  private final CommandSpec spec = CommandSpec.create();
  private int arguments;

  private Verb(String name, String description) {
    this.name = name;
    this.description = description;
  }

  static Verb of(String name, String description) {
    return new Verb(name, description);
  }

  /** A required argument. */
  Verb argument(String label, String meaning) {
    spec.addPositional(
        PositionalParamSpec.builder()
            .index(Integer.toString(arguments++))
            .arity("1")
            .required(true)
            .type(String.class)
            .paramLabel(label)
            .description(meaning)
            .build());
    return this;
  }

  /** An option that must be given. */
  Verb required(String flag, String label, String meaning) {
    return required(List.of(flag), label, meaning);
  }

  /** An option of several names that must be given. */
  Verb required(List<String> flags, String label, String meaning) {
    spec.addOption(described(label, meaning, flags.toArray(String[]::new)).required(true).build());
    return this;
  }

  /** An option that may be absent. */
  Verb option(String flag, String label, String meaning) {
    spec.addOption(described(label, meaning, flag).build());
    return this;
  }

  /** An option with a default. */
  Verb option(List<String> flags, String label, String meaning, String fallback) {
    spec.addOption(
        described(label, meaning + " (default: " + fallback + ")", flags.toArray(String[]::new))
            .defaultValue(fallback)
            .build());
    return this;
  }

  /** An option that may be given several times. */
  Verb repeatable(String flag, String label, String meaning) {
    spec.addOption(
        OptionSpec.builder(flag)
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel(label)
            .description(meaning)
            .build());
    return this;
  }

  /** An option without a value. */
  Verb flag(String flag, String meaning) {
    spec.addOption(OptionSpec.builder(flag).type(boolean.class).description(meaning).build());
    return this;
  }

  private static OptionSpec.Builder described(String label, String meaning, String... flags) {
    return OptionSpec.builder(flags).type(String.class).paramLabel(label).description(meaning);
  }

  /** The command that sends a request and prints the answer's data. */
  CommandSpec sends(Function<Arguments, Request> request) {
    return runs((arguments, remote, out) -> {
      Answer answer = remote.call(request.apply(arguments));
      answer.requireSuccess();
      answer.printData(out);
    });
  }

  /** The command that does something else. */
  CommandSpec runs(Action action) {
    CommandSpec command = CommandSpec.wrapWithoutInspection(action);
    command.name(name);
    command.usageMessage().description(description);
    spec.options().forEach(command::addOption);
    spec.positionalParameters().forEach(command::addPositional);
    command.addOption(
        OptionSpec.builder("-S", "--server")
            .type(String.class)
            .paramLabel("URL")
            .description("the server (default: $RESONATE_URL, else http://localhost:8001)")
            .build());
    command.addOption(
        OptionSpec.builder("-T", "--token")
            .type(String.class)
            .paramLabel("JWT")
            .description("the token (default: $RESONATE_TOKEN)")
            .build());
    command.addOption(
        OptionSpec.builder(CommandFailure.DEBUG)
            .type(boolean.class)
            .description("shows where an unexpected failure comes from")
            .build());
    command.addOption(help());
    return command;
  }

  /** The standard help without a version, which some commands have an option for. */
  static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .description("Show this help message and exit.")
        .build();
  }
}
