package dev.baton.sdk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.baton.sdk.internal.value.LosslessMapper;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Values as Jackson writes and reads them. */
public final class JacksonCodec implements Codec {

  private static final JacksonCodec LOSSLESS = new JacksonCodec(LosslessMapper.create());

  /** Readers that are kept; beyond that they are made anew. */
  private static final int MAX_READERS = 1_000;

  private final ObjectMapper mapper;
  private final Map<Type, ObjectReader> readers = new ConcurrentHashMap<>();

  private JacksonCodec(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * With a mapper of your own, which is copied: what it is told later has no effect. It decides
   * alone; nothing of {@link #lossless()} is added.
   */
  public static JacksonCodec of(ObjectMapper mapper) {
    return new JacksonCodec(mapper.copy());
  }

  /**
   * The default. What is read is equal to what was written: numbers keep their digits and scale,
   * times their zone and nanoseconds, floating point its specials, and a record or class of a
   * sealed type its name, in a member {@code @type}. Members that are unknown are ignored, those
   * that are missing are null, zero or empty. A class that Jackson finds nothing in is refused
   * instead of written as {@code {}}.
   */
  public static JacksonCodec lossless() {
    return LOSSLESS;
  }

  @Override
  public byte[] write(Object value) throws JsonProcessingException {
    return mapper.writeValueAsBytes(value);
  }

  @Override
  public @Nullable Object read(byte[] json, Type type) throws IOException {
    var reader = readers.get(type);
    if (reader == null) {
      reader = mapper.readerFor(mapper.constructType(type));
      if (readers.size() < MAX_READERS) {
        readers.put(type, reader);
      }
    }
    return reader.readValue(json);
  }
}
