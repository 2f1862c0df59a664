package dev.baton.cli;

import dev.baton.protocol.Printable;
import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tree}: draws who called whom. */
final class TreeCommand {

  private TreeCommand() {}

  static CommandSpec create(String name, String description) {
    return Verb.of(name, description)
        .argument("ID", "the root of the calls")
        .runs((given, remote, out) -> draw(given.argument(0), remote, out));
  }

  private static void draw(String root, Remote remote, PrintWriter out) {
    for (String line : CallTree.of(new Inquiry(remote).tree(root)).lines()) {
      out.println(Printable.of(line));
    }
  }
}
