package dev.baton.sdk.internal.function;

import dev.baton.sdk.Functions;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The methods behind method references, read once for each place in the code. */
final class References {

  /**
   * What a place in the code refers to.
   *
   * @param owner the type that it names, which may have inherited the method
   * @param result the type of what the method gives
   */
  record Found(Class<?> owner, Method method, Type result) {}

  private static final ClassValue<Holder> HOLDERS =
      new ClassValue<>() {
        @Override
        protected Holder computeValue(Class<?> type) {
          return new Holder();
        }
      };

  /** Empty when the place refers to no method. */
  private static final class Holder {
    private volatile @Nullable Optional<Found> found;
  }

  private References() {}

  /**
   * @throws IllegalArgumentException if it is no reference to a method whose types are known
   */
  static Found of(Functions.Shape function) {
    var holder = HOLDERS.get(function.getClass());
    var known = holder.found;
    if (known == null) {
      known = read(function);
      holder.found = known;
    }
    return known.orElseThrow(() ->
        new IllegalArgumentException(
            "only a method reference names a function, such as Orders::buy; a lambda does not"));
  }

  private static Optional<Found> read(Functions.Shape function) {
    var reference = FunctionTypes.referenceOf(function);
    if (reference == null) {
      return Optional.empty();
    }
    var result = FunctionTypes.of(function).result();
    if (result == null) {
      throw new IllegalArgumentException(
          "the result of " + reference.method() + " is of a type that depends on its caller");
    }
    return Optional.of(new Found(reference.owner(), reference.method(), result));
  }
}
