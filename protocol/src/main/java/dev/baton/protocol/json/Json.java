package dev.baton.protocol.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** What all readers and writers of this package share: strict JSON text and trees of it. */
final class Json {

  /** The deepest nesting that is read, as the protocol's section 3 has it. */
  private static final int MAX_DEPTH = 127;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final JsonFactory READING =
      JsonFactory.builder()
          // Names come from clients: interned they would never be given back.
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final JsonFactory UTF8 = JsonFactory.builder().build();

  private static final JsonFactory ASCII =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  /** What a thread writes into. */
  private static final ThreadLocal<Bytes> SCRATCH = ThreadLocal.withInitial(Bytes::new);

  /** So many values of a tree are within what a body takes anyway. */
  private static final int VALUES_AT_ONCE = 512;

  /** What a small object or a member takes in memory, beside its text. */
  private static final long BYTES_OF_A_VALUE = 128;

  private Json() {}

  /** Puts one JSON value into a generator. */
  interface Content {
    void writeTo(JsonGenerator out) throws IOException;
  }

  static byte[] utf8(Content content) {
    return write(UTF8, content);
  }

  static byte[] ascii(Content content) {
    return write(ASCII, content);
  }

  private static byte[] write(JsonFactory factory, Content content) {
    var bytes = SCRATCH.get();
    bytes.reset();
    try (var out = factory.createGenerator(bytes)) {
      content.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("a value cannot be written as JSON", e);
    }
    byte[] written = bytes.toByteArray();
    bytes.reset(); // What is large is not kept.
    return written;
  }

  static ObjectNode emptyObject() {
    return NODES.objectNode();
  }

  /** The text of a body, or null if it is not UTF-8. */
  static @Nullable String decode(byte[] body) {
    var text = new String(body, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') < 0) {
      return text;
    }
    // The replacement character stands for a malformed sequence, or for itself.
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** A cursor over a text that holds exactly one JSON value. */
  static Cursor cursor(String text) throws IOException {
    return new Cursor(READING.createParser(text), mayEscapeSurrogates(text), name -> true);
  }

  private static boolean mayEscapeSurrogates(String text) {
    return text.contains("\\ud") || text.contains("\\uD");
  }

  /**
   * A cursor over a body that holds exactly one JSON value, or null if the body is not UTF-8. ASCII
   * is read as it is, without a copy of it as text.
   */
  static @Nullable Cursor cursor(byte[] body) throws IOException {
    return cursor(body, name -> true);
  }

  /**
   * The same.
   *
   * @param room asked for memory for the values of the tree, in bytes, if they are many; where
   *     there is none, reading ends with a {@link NoRoomException}
   */
  static @Nullable Cursor cursor(byte[] body, LongPredicate room) throws IOException {
    boolean mayEscapeSurrogates = false;
    for (int i = 0; i < body.length; i++) {
      byte c = body[i];
      if (c <= 0) {
        var text = decode(body);
        return text == null
            ? null
            : new Cursor(READING.createParser(text), mayEscapeSurrogates(text), room);
      }
      mayEscapeSurrogates |= c == 'u' && i > 0 && body[i - 1] == '\\';
    }
    return new Cursor(READING.createParser(body), mayEscapeSurrogates, room);
  }

  /** What is wrong with a text, in words that do not depend on the JSON library. */
  static String describe(IOException problem) {
    if (!(problem instanceof JsonProcessingException json)) {
      return "unreadable JSON";
    }
    var what =
        json instanceof StreamConstraintsException
            ? "JSON nested too deeply or with too long a number"
            : "malformed JSON";
    var at = json.getLocation();
    return at == null ? what : what + " at line " + at.getLineNr() + " column " + at.getColumnNr();
  }

  /** What kind of JSON value a node is, for error texts. */
  static String describe(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT, POJO -> "an object";
      case ARRAY -> "an array";
      case STRING, BINARY -> "a string";
      case BOOLEAN -> "a boolean";
      case NUMBER -> {
        if (!node.isIntegralNumber()) {
          yield "a number with a fraction or an exponent";
        }
        yield node.canConvertToLong() ? "an integer" : "an integer of more than 64 bits";
      }
      case NULL, MISSING -> "null";
    };
  }

  /** There is no memory for so many values. */
  static final class NoRoomException extends JsonParseException {
    @Serial private static final long serialVersionUID = 1;

    private NoRoomException(JsonParser parser) {
      super(parser, "too many values");
    }
  }

  /** Walks over the tokens; refuses text that no Unicode string can hold. */
  static final class Cursor implements AutoCloseable {

    private final JsonParser parser;
    private final boolean mayHoldLoneSurrogates;
    private final LongPredicate room;
    private int values;

    private Cursor(JsonParser parser, boolean mayHoldLoneSurrogates, LongPredicate room) {
      this.parser = parser;
      this.mayHoldLoneSurrogates = mayHoldLoneSurrogates;
      this.room = room;
    }

    /** A value more becomes part of a tree. */
    private void count() throws IOException {
      if (++values % VALUES_AT_ONCE == 0 && !room.test(VALUES_AT_ONCE * BYTES_OF_A_VALUE)) {
        throw new NoRoomException(parser);
      }
    }

    /** Moves on; null at the end. */
    @Nullable JsonToken next() throws IOException {
      return parser.nextToken();
    }

    /** Moves on to the next member of an object and returns its name, or null at its end. */
    @Nullable String nextName() throws IOException {
      return parser.nextToken() == JsonToken.FIELD_NAME ? whole(parser.currentName()) : null;
    }

    /** The current string. */
    String string() throws IOException {
      return whole(parser.getText());
    }

    /** The value that the cursor is on, with all of its children. */
    JsonNode tree() throws IOException {
      count();
      return switch (parser.currentToken()) {
        case START_OBJECT -> object();
        case START_ARRAY -> {
          var array = NODES.arrayNode();
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            array.add(tree());
          }
          yield array;
        }
        case VALUE_STRING -> NODES.textNode(string());
        case VALUE_NUMBER_INT ->
            switch (parser.getNumberType()) {
              case INT, LONG -> NODES.numberNode(parser.getLongValue());
              default -> NODES.numberNode(parser.getBigIntegerValue());
            };
        case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
        case VALUE_TRUE -> NODES.booleanNode(true);
        case VALUE_FALSE -> NODES.booleanNode(false);
        case VALUE_NULL -> NODES.nullNode();
        case null, default -> throw new JsonParseException(parser, "a value is missing");
      };
    }

    /** The object that the cursor is at the start of; of a member given twice, the last one. */
    ObjectNode object() throws IOException {
      var object = NODES.objectNode();
      for (var name = nextName(); name != null; name = nextName()) {
        parser.nextToken();
        object.set(name, tree());
      }
      return object;
    }

    /** Passes over the value that the cursor is on. */
    void skip() throws IOException {
      if (mayHoldLoneSurrogates) {
        tree();
      } else {
        parser.skipChildren();
      }
    }

    /** Fails unless the value read was the only one. */
    void end() throws IOException {
      if (parser.nextToken() != null) {
        throw new JsonParseException(parser, "more than one value");
      }
    }

    private String whole(String text) throws IOException {
      if (mayHoldLoneSurrogates && hasLoneSurrogate(text)) {
        throw new JsonParseException(parser, "a lone surrogate");
      }
      return text;
    }

    private static boolean hasLoneSurrogate(String text) {
      for (int i = 0; i < text.length(); i++) {
        var c = text.charAt(i);
        if (Character.isSurrogate(c)) {
          if (Character.isLowSurrogate(c)
              || i + 1 == text.length()
              || !Character.isLowSurrogate(text.charAt(i + 1))) {
            return true;
          }
          i++;
        }
      }
      return false;
    }

    @Override
    public void close() throws IOException {
      parser.close();
    }
  }
}
