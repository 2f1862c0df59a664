package dev.baton.server.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The first difference between two JSON values: absent is not null, and 1 is 1.0. */
final class Difference {

  private static final int SHOWN = 300;
  private static final int SHOWN_OF_MEMBER = 200;

  private Difference() {}

  /** The difference, beginning with where it is; null if there is none. */
  static @Nullable String between(JsonNode expected, JsonNode found) {
    return between(expected, found, "");
  }

  private static @Nullable String between(JsonNode expected, JsonNode found, String path) {
    if (expected instanceof ObjectNode wanted && found instanceof ObjectNode got) {
      return ofMembers(wanted, got, path);
    }
    if (expected instanceof ArrayNode wanted && found instanceof ArrayNode got) {
      return ofElements(wanted, got, path);
    }
    return isSame(expected, found)
        ? null
        : "%s: expected %s, got %s"
            .formatted(named(path), shown(expected, SHOWN), shown(found, SHOWN));
  }

  /** Whether two values that are no containers are equal. */
  static boolean isSame(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      return decimal(a).compareTo(decimal(b)) == 0;
    }
    return a.getNodeType() == b.getNodeType()
        && a.getNodeType() != JsonNodeType.ARRAY
        && a.getNodeType() != JsonNodeType.OBJECT
        && a.equals(b);
  }

  private static BigDecimal decimal(JsonNode number) {
    return number.isIntegralNumber() ? number.decimalValue() : new BigDecimal(number.doubleValue());
  }

  private static @Nullable String ofMembers(ObjectNode wanted, ObjectNode got, String path) {
    Set<String> names = new TreeSet<>();
    wanted.fieldNames().forEachRemaining(names::add);
    got.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      JsonNode inWanted = wanted.get(name);
      JsonNode inGot = got.get(name);
      String difference =
          inGot == null
              ? "%s.%s: missing (expected %s)"
                  .formatted(path, name, shown(wanted.required(name), SHOWN_OF_MEMBER))
              : inWanted == null
                  ? "%s.%s: unexpected %s".formatted(path, name, shown(inGot, SHOWN_OF_MEMBER))
                  : between(inWanted, inGot, path + "." + name);
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private static @Nullable String ofElements(ArrayNode wanted, ArrayNode got, String path) {
    int shorter = Math.min(wanted.size(), got.size());
    for (int i = 0; i < shorter; i++) {
      String difference = between(wanted.required(i), got.required(i), "%s[%d]".formatted(path, i));
      if (difference != null) {
        return difference;
      }
    }
    if (wanted.size() == got.size()) {
      return null;
    }
    // Of an answer that has too many, the recordings' player shows the first.
    JsonNode example = wanted.size() > shorter ? wanted.required(shorter) : got.required(0);
    return "%s: expected %d elements, got %d (%s)"
        .formatted(named(path), wanted.size(), got.size(), shown(example, SHOWN_OF_MEMBER));
  }

  private static String named(String path) {
    return path.isEmpty() ? "." : path;
  }

  private static String shown(JsonNode value, int most) {
    String text = Canonical.text(value);
    return text.codePointCount(0, text.length()) <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most));
  }
}
