package dev.baton.sdk.internal.value;

import com.fasterxml.jackson.databind.JsonNode;

/** Values as JSON, compared as what functions see of them. */
public final class JsonValues {

  private JsonValues() {}

  /** A member that is null and one that is missing are read as the same, and so are 1.0 and 1. */
  public static boolean areAlike(JsonNode one, JsonNode other) {
    if (one.isNumber() && other.isNumber()) {
      return one.decimalValue().compareTo(other.decimalValue()) == 0;
    }
    if (one.isArray() && other.isArray() && one.size() == other.size()) {
      for (int i = 0; i < one.size(); i++) {
        if (!areAlike(one.get(i), other.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (one.isObject() && other.isObject()) {
      return isCoveredBy(one, other) && isCoveredBy(other, one);
    }
    return one.equals(other);
  }

  private static boolean isCoveredBy(JsonNode one, JsonNode other) {
    for (var member : one.properties()) {
      var there = other.get(member.getKey());
      boolean isCovered =
          there == null ? member.getValue().isNull() : areAlike(member.getValue(), there);
      if (!isCovered) {
        return false;
      }
    }
    return true;
  }
}
