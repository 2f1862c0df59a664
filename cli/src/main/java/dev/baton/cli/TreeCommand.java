package dev.baton.cli;

import dev.baton.protocol.History;
import dev.baton.protocol.Printable;
import dev.baton.protocol.json.HistoryJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tree}: draws who called whom, or writes it to a file. */
final class TreeCommand {

  private static final String EXPORT = "--export";
  private static final String FORCE = "--force";

  private TreeCommand() {}

  static CommandSpec create(String name, String description) {
    return Verb.of(name, description)
        .argument("ID", "the root of the calls")
        .option(
            EXPORT,
            "FILE",
            "instead of drawing, writes the calls with their arguments and results to FILE, to be"
                + " replayed against new code; at most "
                + History.MOST_PROMISES)
        .flag(FORCE, "FILE may exist, and is replaced")
        .runs(TreeCommand::run);
  }

  private static void run(Arguments given, Remote remote, PrintWriter out) {
    String root = given.argument(0);
    String file = given.textOrNull(EXPORT);
    if (file != null) {
      export(root, path(given, file), remote, out);
      return;
    }
    if (given.isSet(FORCE)) {
      throw given.wrong(FORCE, "says something of " + EXPORT + ", which is not given");
    }
    for (String line : CallTree.of(new Inquiry(remote).tree(root)).lines()) {
      out.println(Printable.of(line));
    }
  }

  private static Path path(Arguments given, String file) {
    Path path;
    try {
      path = Path.of(file).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw given.wrong(EXPORT, "is no path: " + e.getReason());
    }
    if (Files.exists(path) && !given.isSet(FORCE)) {
      throw given.wrong(EXPORT, "exists: " + path + "; " + FORCE + " replaces it");
    }
    return path;
  }

  private static void export(String root, Path file, Remote remote, PrintWriter out) {
    var promises = new Inquiry(remote).tree(root, History.MOST_PROMISES);
    byte[] json = HistoryJson.write(new History(root, System.currentTimeMillis(), promises));
    @Nullable Path part = null;
    try {
      part = Files.createTempFile(file.getParent(), "." + file.getFileName() + "-", ".part");
      Files.write(part, json, StandardOpenOption.TRUNCATE_EXISTING);
      BackupCommand.move(part, file);
      out.println(Printable.of("%s holds %s (%d promises)".formatted(file, root, promises.size())));
    } catch (IOException e) {
      throw BackupCommand.notWritten(file, e);
    } finally {
      delete(part);
    }
  }

  private static void delete(@Nullable Path part) {
    try {
      if (part != null) {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      // It is hidden, and small.
    }
  }
}
