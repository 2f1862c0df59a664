package dev.baton.sdk.internal.value;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is declared as {@code Object}: as Jackson does, but a number that no {@code double} is
 * becomes a {@code BigDecimal}.
 */
final class UntypedValues extends StdDeserializer<Object> {

  UntypedValues() {
    super(Object.class);
  }

  @Override
  @SuppressWarnings("NullAway") // JSON's null is a value.
  public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    return value(parser, context);
  }

  @Override
  @SuppressWarnings("NullAway")
  public Object deserializeWithType(
      JsonParser parser, DeserializationContext context, TypeDeserializer types)
      throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT, START_ARRAY, FIELD_NAME -> types.deserializeTypedFromAny(parser, context);
      default -> value(parser, context);
    };
  }

  private @Nullable Object value(JsonParser parser, DeserializationContext context)
      throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        var map = new LinkedHashMap<String, @Nullable Object>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          map.put(name, value(parser, context));
        }
        yield map;
      }
      case START_ARRAY -> {
        var list = new ArrayList<@Nullable Object>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(parser, context));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> number(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case VALUE_EMBEDDED_OBJECT -> parser.getEmbeddedObject();
      default -> context.handleUnexpectedToken(Object.class, parser);
    };
  }

  private static Object number(JsonParser parser) throws IOException {
    double number = parser.getDoubleValue();
    BigDecimal exact = parser.getDecimalValue();
    boolean isDouble = Double.isFinite(number) && BigDecimal.valueOf(number).compareTo(exact) == 0;
    return isDouble ? (Object) number : exact;
  }
}
