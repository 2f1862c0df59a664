package dev.baton.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a promise carries in or out (protocol section 5). An absent part and an empty part are
 * different and both are kept as given.
 *
 * @param headers null when absent
 * @param data null when absent; by convention base64, which the server neither checks nor decodes
 */
public record Value(@Nullable Map<String, String> headers, @Nullable String data) {

  /** Neither headers nor data: {@code {}} on the wire. */
  public static final Value EMPTY = new Value(null, null);

  public Value {
    headers = headers == null ? null : Tags.copy(headers);
  }

  /** A value without headers. */
  public static Value ofData(String data) {
    return new Value(null, data);
  }
}
