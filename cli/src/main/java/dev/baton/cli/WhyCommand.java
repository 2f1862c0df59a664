package dev.baton.cli;

import dev.baton.protocol.Printable;
import dev.baton.protocol.why.Why;
import picocli.CommandLine.Model.CommandSpec;

/** {@code why}: says in a sentence why a promise is not being worked on. */
final class WhyCommand {

  private WhyCommand() {}

  static CommandSpec create(String name, String description) {
    return Verb.of(name, description)
        .argument("ID", "the promise")
        .runs((given, remote, out) ->
            out.println(
                Printable.of(
                    Why.of(new Inquiry(remote).facts(given.argument(0), System.currentTimeMillis()))
                        .sentence())));
  }
}
