package dev.baton.sdk.internal.function;

import dev.baton.sdk.Functions;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The result types of steps, read once for each place in the code. */
public final class StepTypes {

  private static final ClassValue<Holder> HOLDERS =
      new ClassValue<>() {
        @Override
        protected Holder computeValue(Class<?> type) {
          return new Holder();
        }
      };

  /** Empty when the place does not tell. */
  private static final class Holder {
    private volatile @Nullable Optional<Type> type;
  }

  private StepTypes() {}

  /**
   * @throws IllegalArgumentException if the lambda does not tell
   */
  public static Type resultOf(String name, Functions.F0<?> step) {
    var holder = HOLDERS.get(step.getClass());
    var known = holder.type;
    if (known == null) {
      known = Optional.ofNullable(FunctionTypes.of(step).result());
      holder.type = known;
    }
    return known.orElseThrow(() ->
        new IllegalArgumentException(
            "the result of step '"
                + name
                + "' is generic and a lambda does not tell its type arguments: give it as a GenericType"));
  }
}
