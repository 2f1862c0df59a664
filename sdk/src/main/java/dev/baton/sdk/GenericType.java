package dev.baton.sdk;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * Carries a type with its type arguments to where a {@code Class} cannot: {@code new
 * GenericType<List<String>>() {}}.
 *
 * @param <T> the type
 */
public abstract class GenericType<T> {

  private final Type type;

  /**
   * Reads the type argument of the anonymous subclass.
   *
   * @throws IllegalArgumentException if the subclass names no type
   */
  protected GenericType() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parent)) {
      throw new IllegalArgumentException("write new GenericType<TheType>() {}");
    }
    type = parent.getActualTypeArguments()[0];
  }

  private GenericType(Type type) {
    this.type = type;
  }

  /** Carries a type that is known only when the program runs; whoever asks has to know it. */
  public static <T> GenericType<T> of(Type type) {
    return new GenericType<T>(type) {};
  }

  /** The type, with its arguments. */
  public final Type type() {
    return type;
  }
}
