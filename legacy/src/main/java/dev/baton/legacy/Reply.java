package dev.baton.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * An answer.
 *
 * @param body null: none
 */
record Reply(int status, @Nullable JsonNode body) {

  /** Nothing new. */
  static Reply ok(JsonNode body) {
    return new Reply(200, body);
  }

  /** Something was done. */
  static Reply done(JsonNode body) {
    return new Reply(201, body);
  }

  static Reply empty(int status) {
    return new Reply(status, null);
  }

  static Reply error(LegacyError error) {
    return error(error, error.message());
  }

  static Reply error(LegacyError error, String detail) {
    return new Reply(error.status(), LegacyJson.error(error, detail));
  }
}
