package dev.baton.server.live;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which lanes a page says that it shows. */
final class Lanes {

  static final int MOST = 200;

  private static final JsonFactory JSON = new JsonFactory();

  private Lanes() {}

  /**
   * Reads {@code {"lanes": [PID, ...]}} without a tree of it: a body of many small values would be
   * a large one. Other members are passed over.
   *
   * @return null if it is something else, or there are more than {@link #MOST}
   */
  static @Nullable Set<String> read(byte[] body) {
    try (JsonParser parser = JSON.createParser(new String(body, StandardCharsets.UTF_8))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      Set<String> lanes = null;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isLanes = parser.currentName().equals("lanes");
        parser.nextToken();
        if (isLanes) {
          lanes = pids(parser);
          if (lanes == null) {
            return null;
          }
        } else {
          parser.skipChildren();
        }
      }
      return lanes;
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable Set<String> pids(JsonParser parser) throws IOException {
    if (!parser.isExpectedStartArrayToken()) {
      return null;
    }
    Set<String> pids = new LinkedHashSet<>();
    for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
      if (i == MOST || parser.currentToken() != JsonToken.VALUE_STRING) {
        return null;
      }
      pids.add(parser.getText());
    }
    return pids;
  }
}
