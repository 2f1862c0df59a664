package dev.baton.cli;

import dev.baton.protocol.Printable;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine;

/** A command line in a terminal. */
public final class Console {

  private Console() {}

  /**
   * Runs a command. Results are drawn and may hold any text, so they are UTF-8 whatever the
   * terminal's language is. What nobody has expected is told in one line, and where it comes from
   * only to those who ask: a stack trace may hold what is secret.
   *
   * @return the exit code
   */
  public static int run(Supplier<CommandLine> commands, String... arguments) {
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    if (isGarbled(arguments, System.getProperty("sun.jnu.encoding"))) {
      err.println(
          "Error: the locale is one in which the arguments cannot be read; set LC_ALL=C.UTF-8");
      return CommandLine.ExitCode.USAGE;
    }
    try {
      CommandLine line = commands.get();
      line.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
      line.setErr(err);
      return line.execute(arguments);
    } catch (RuntimeException | Error e) {
      return unexpected(e, List.of(arguments).contains(CommandFailure.DEBUG), err);
    }
  }

  /** What is wrong with the arguments, which may hold anything, as a terminal may show it. */
  public static String complaint(CommandLine.ParameterException e) {
    return Printable.lines(e.getMessage() + suggestion(e));
  }

  /** What a command, or an option, that there is not may have been meant to be; may be empty. */
  private static String suggestion(CommandLine.ParameterException e) {
    List<String> nearestFirst =
        e instanceof CommandLine.UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    return nearestFirst.isEmpty() ? "" : "; did you mean " + nearestFirst.getFirst() + "?";
  }

  /** Tells what nobody has expected. */
  public static int unexpected(Throwable failure, boolean isDebugging, PrintWriter err) {
    err.println("Error: " + CommandFailure.unexpected(failure));
    if (isDebugging) {
      failure.printStackTrace(err);
    }
    err.flush();
    return CommandLine.ExitCode.SOFTWARE;
  }

  /** Whether Java has put question marks in the place of what it could not read. */
  static boolean isGarbled(String[] arguments, String encoding) {
    return !Charset.forName(encoding, StandardCharsets.UTF_8).equals(StandardCharsets.UTF_8)
        && List.of(arguments).stream().anyMatch(it -> it.indexOf('\uFFFD') >= 0);
  }
}
