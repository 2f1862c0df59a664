package dev.baton.bench.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The report as JSON, with the figures of every round. */
public final class Json {

  private Json() {}

  /** Writes the file. */
  public static void write(Report report, Path file) throws IOException {
    try (Writer writer = Files.newBufferedWriter(file);
        JsonGenerator out = new JsonFactory().createGenerator(writer)) {
      out.useDefaultPrettyPrinter();
      out.writeStartObject();
      for (Map.Entry<String, String> fact : report.facts().entrySet()) {
        out.writeStringField(fact.getKey(), fact.getValue());
      }
      out.writeArrayFieldStart("rows");
      for (Row row : report.rows()) {
        write(row, out);
      }
      out.writeEndArray();
      out.writeArrayFieldStart("measures");
      for (Report.Section section : report.sections()) {
        out.writeStartObject();
        out.writeStringField("measure", section.measure());
        out.writeStringField("meaning", section.meaning());
        out.writeNumberField("seconds", section.seconds());
        out.writeNumberField("loadAverage", section.load());
        out.writeNumberField("cpusUsedByOthers", section.othersCpu());
        out.writeStringField("note", section.note());
        out.writeEndObject();
      }
      out.writeEndArray();
      out.writeEndObject();
    }
  }

  private static void write(Row row, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("measure", row.measure());
    out.writeStringField("figure", row.figure());
    out.writeStringField("unit", row.unit());
    write("value", row.value(), out);
    Summary ceiling = row.ceiling();
    if (ceiling != null) {
      write("ceiling", ceiling, out);
      out.writeStringField("ceilingMeaning", row.ceilingMeaning());
      number("share", row.share(), out);
    }
    Goal goal = row.goal();
    Boolean reached = row.isReached();
    if (goal != null) {
      out.writeStringField("goal", goal instanceof Goal.AtMost ? "at most" : "at least");
      out.writeNumberField("bound", goal.bound());
      if (reached != null) {
        out.writeBooleanField("reached", reached);
      }
    }
    out.writeEndObject();
  }

  private static void write(String name, Summary summary, JsonGenerator out) throws IOException {
    out.writeObjectFieldStart(name);
    number("figure", summary.figure(), out);
    number("least", summary.least(), out);
    number("most", summary.most(), out);
    out.writeArrayFieldStart("rounds");
    for (double round : summary.rounds()) {
      if (Double.isFinite(round)) {
        out.writeNumber(round);
      } else {
        out.writeNull();
      }
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /** JSON has no NaN. */
  private static void number(String name, double value, JsonGenerator out) throws IOException {
    if (Double.isFinite(value)) {
      out.writeNumberField(name, value);
    } else {
      out.writeNullField(name);
    }
  }
}
