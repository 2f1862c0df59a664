package dev.baton.protocol.json;

import com.fasterxml.jackson.core.JsonToken;
import dev.baton.protocol.History;
import java.io.IOException;

/**
 * The file of a recorded call: an object with the members {@code format}, which is {@code
 * "baton-history"}, {@code version}, which is {@code 1}, {@code root}, {@code exportedAt} and
 * {@code promises}, each as a promise crosses the wire (protocol section 5). Other members are
 * ignored. Values are there as they are stored: what was encrypted is encrypted, what was not can
 * be read.
 */
public final class HistoryJson {

  private static final String FORMAT = "baton-history";
  private static final long VERSION = 1;

  private HistoryJson() {}

  /** The bytes of its file, in UTF-8. */
  public static byte[] write(History history) {
    return Json.utf8(out -> {
      out.writeStartObject();
      out.writeStringField("format", FORMAT);
      out.writeNumberField("version", VERSION);
      out.writeStringField("root", history.root());
      out.writeNumberField("exportedAt", history.exportedAt());
      out.writeFieldName("promises");
      out.writeStartArray();
      for (var promise : history.promises()) {
        out.writeRaw('\n');
        RecordWriter.promise(out, promise);
      }
      out.writeRaw('\n');
      out.writeEndArray();
      out.writeEndObject();
      out.writeRaw('\n');
    });
  }

  /**
   * What such a file holds.
   *
   * @throws IllegalArgumentException that says what is wrong, if it is none, or of a later version
   */
  public static History read(byte[] file) {
    try (var cursor = Json.cursor(file)) {
      if (cursor == null || cursor.next() != JsonToken.START_OBJECT) {
        throw new IllegalArgumentException("it is no recorded history: it is not a JSON object");
      }
      var problem = new Fields.Problem();
      var fields = new Fields(cursor.object(), "", problem);
      cursor.end();
      var format = fields.string("format");
      long version = fields.integer("version");
      if (problem.text() == null && !format.equals(FORMAT)) {
        throw new IllegalArgumentException(
            "it is no recorded history: `format` is " + format + ", not " + FORMAT);
      }
      if (problem.text() == null && version != VERSION) {
        throw new IllegalArgumentException(
            "its version is " + version + ", and this program reads version " + VERSION);
      }
      var root = fields.string("root");
      long exportedAt = fields.integer("exportedAt");
      var promises = fields.list("promises", RecordReader::promise);
      if (problem.text() != null) {
        throw new IllegalArgumentException("it is no recorded history: " + problem.text());
      }
      return new History(root, exportedAt, promises);
    } catch (IOException e) {
      throw new IllegalArgumentException("it is no recorded history: " + Json.describe(e), e);
    }
  }
}
