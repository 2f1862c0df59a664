package dev.baton.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import dev.baton.protocol.Printable;
import dev.baton.protocol.Response;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/** An answer of the protocol and the bytes it came as. */
record Answer(Response response, byte[] body) {

  private static final JsonFactory JSON = new JsonFactory();

  /** Throws unless the status is of the 200s. */
  void requireSuccess() {
    if (response.status() / 100 != 2) {
      throw new CommandFailure(
          response.body() instanceof Response.Failure(String text)
              ? explained(Printable.of(text))
              : "status " + response.status() + ": " + pretty(body, "data"));
    }
  }

  /** The protocol's texts are short. */
  private static String explained(String text) {
    return text.equals("Invalid cron expression")
        ? text
            + ": five fields (minute, hour, day, month, weekday), or six with the second first;"
            + " weekdays are 1 (Sunday) to 7 (Saturday), or names such as MON;"
            + " and a time zone is a name such as Europe/Berlin"
        : text;
  }

  /** Prints {@code data}, indented. */
  void printData(PrintWriter out) {
    out.println(pretty(body, "data"));
  }

  /** A member of a JSON object, indented. */
  static String pretty(byte[] json, String member) {
    try (JsonParser in = JSON.createParser(json)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        boolean isFound = in.currentName().equals(member);
        in.nextToken();
        if (isFound) {
          return pretty(in);
        }
        in.skipChildren();
      }
      return "";
    } catch (IOException e) {
      throw new CommandFailure("the server's answer is not JSON");
    }
  }

  /** A member that is a string, or null if there is none. */
  static @Nullable String textMember(byte[] json, String member) {
    try (JsonParser in = JSON.createParser(json)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        boolean isFound = in.currentName().equals(member);
        if (in.nextToken() == JsonToken.VALUE_STRING && isFound) {
          return in.getText();
        }
        in.skipChildren();
      }
    } catch (IOException e) {
      // No JSON has no members.
    }
    return null;
  }

  /** A whole JSON text, indented. */
  static String pretty(byte[] json) {
    try (JsonParser in = JSON.createParser(json)) {
      in.nextToken();
      return pretty(in);
    } catch (IOException e) {
      throw new CommandFailure("the server's answer is not JSON");
    }
  }

  private static String pretty(JsonParser in) throws IOException {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(
            Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                .withObjectEmptySeparator("")
                .withArrayEmptySeparator(""));
    printer.indentArraysWith(indenter);
    printer.indentObjectsWith(indenter);
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text).setPrettyPrinter(printer)) {
      out.copyCurrentStructure(in);
    }
    return Printable.lines(text.toString());
  }
}
