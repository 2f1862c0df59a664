package dev.baton.sdk.internal.function;

import dev.baton.protocol.Value;
import dev.baton.sdk.EncodingException;
import dev.baton.sdk.Functions;
import dev.baton.sdk.internal.value.Values;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered function.
 *
 * @param parameters the types of its arguments, without the context
 */
public record DurableFunction(String name, List<Type> parameters, Functions.Untyped body) {

  public DurableFunction {
    parameters = List.copyOf(parameters);
  }

  /**
   * The arguments as the function takes them. Arguments left out at the end are null.
   *
   * @param json each in UTF-8
   * @throws EncodingException if there are too many or one does not fit
   */
  public @Nullable Object[] arguments(Values values, List<byte[]> json) {
    if (json.size() > parameters.size()) {
      throw new EncodingException(
          "%s takes %d argument%s and was given %d"
              .formatted(name, parameters.size(), parameters.size() == 1 ? "" : "s", json.size()),
          null);
    }
    var arguments = new @Nullable Object[parameters.size()];
    for (int i = 0; i < arguments.length; i++) {
      String role = "argument " + (i + 1) + " of " + name;
      arguments[i] =
          i < json.size()
              ? values.read(json.get(i), parameters.get(i), role)
              : values.decode(Value.EMPTY, parameters.get(i), role);
    }
    return arguments;
  }
}
