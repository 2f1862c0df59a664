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

  /** The type. */
  public final Type type() {
    return type;
  }
}
