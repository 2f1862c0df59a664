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

  /**
   * JSON as it is stored and sent: what {@link #write} gave, and what is told of failures. As it
   * is, unless a codec hides it; see {@link EncryptedCodec}.
   *
   * @return one JSON value in UTF-8
   */
  default byte[] seal(byte[] json) throws IOException {
    return json;
  }

  /**
   * The JSON that was sealed, or what is none of it: clients that do not know of this codec, other
   * SDKs and people at a terminal write it as it is.
   *
   * @throws IOException if it cannot be opened
   */
  default byte[] open(byte[] sealed) throws IOException {
    return sealed;
  }
}
