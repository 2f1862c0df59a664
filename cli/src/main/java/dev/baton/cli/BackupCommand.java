package dev.baton.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import picocli.CommandLine.Model.CommandSpec;

/** {@code backup}: a file appears whole, or not at all. */
final class BackupCommand {

  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  private BackupCommand() {}

  static CommandSpec create(String name, String description) {
    return Verb.of(name, description)
        .argument("FILE", "where it is to be")
        .flag("--force", "FILE may exist, and is replaced once the backup is there")
        .runs(BackupCommand::run);
  }

  private static void run(Arguments given, Remote remote, PrintWriter out) {
    Path file = path(given);
    if (Files.exists(file) && !given.isSet("--force")) {
      throw given.wrong("FILE", "exists: " + file + "; --force replaces it");
    }
    try {
      long bytes = write(remote, file);
      out.println(file + " holds the store (" + bytes + " bytes)");
    } catch (IOException e) {
      throw notWritten(file, e);
    }
  }

  /** Says why a file could not be written; the name of the part it is written as helps nobody. */
  static CommandFailure notWritten(Path file, IOException e) {
    Path folder = file.getParent();
    String why =
        switch (e) {
          case NoSuchFileException _ -> "folder " + folder + " does not exist";
          case AccessDeniedException _ -> "folder " + folder + " may not be written to";
          default -> e.getMessage();
        };
    return new CommandFailure("writing " + file + ": " + why);
  }

  private static Path path(Arguments given) {
    try {
      return Path.of(given.argument(0)).toAbsolutePath();
    } catch (InvalidPathException e) {
      throw given.wrong("FILE", "is no path: " + e.getReason());
    }
  }

  private static long write(Remote remote, Path file) throws IOException {
    Path folder = file.getParent();
    Path part = Files.createTempFile(folder, "." + file.getFileName() + "-", ".part");
    try {
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        OutputStream into = Channels.newOutputStream(channel);
        remote.download("POST", "backup", into);
        channel.force(true);
      }
      check(part);
      move(part, file);
      return Files.size(file);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void check(Path part) throws IOException {
    try (var in = Files.newInputStream(part)) {
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw new CommandFailure("what the server sent is no backup");
      }
    }
  }

  /** A file appears whole, or not at all. */
  static void move(Path part, Path file) throws IOException {
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
