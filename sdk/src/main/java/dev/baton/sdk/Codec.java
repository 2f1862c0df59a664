package dev.baton.sdk;

import java.io.IOException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * How arguments, results and failures become JSON and back. Set it with {@link Settings#withCodec};
 * whoever calls each other's functions needs codecs that understand each other. Used by many
 * threads at once.
 */
public interface Codec {

  /**
   * The value as JSON in UTF-8.
   *
   * @param value not null, which needs no codec
   * @throws IOException if the value has no such form
   */
  byte[] write(Object value) throws IOException;

  /**
   * What {@link #write} was given, or the most alike of that type; null where JSON's null is read
   * as such.
   *
   * @param json one value in UTF-8
   * @param type never {@code void} or a primitive for a JSON null
   * @throws IOException if the JSON does not fit the type
   */
  @Nullable Object read(byte[] json, Type type) throws IOException;
}
