package dev.baton.sdk.internal.function;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.sdk.EncodingException;
import dev.baton.sdk.Functions;
import dev.baton.sdk.internal.value.Call;
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
   * @throws EncodingException if there are too many or one does not fit
   */
  public @Nullable Object[] arguments(List<JsonNode> json) {
    if (json.size() > parameters.size()) {
      throw new EncodingException(
          "%s takes %d arguments and was given %d".formatted(name, parameters.size(), json.size()),
          null);
    }
    var arguments = new @Nullable Object[parameters.size()];
    for (int i = 0; i < arguments.length; i++) {
      var argument = i < json.size() ? json.get(i) : Values.MAPPER.nullNode();
      arguments[i] =
          Values.convert(argument, parameters.get(i), "argument " + (i + 1) + " of " + name);
    }
    return arguments;
  }

  /** The arguments of a call within this process, as a call from elsewhere would read them. */
  public @Nullable Object[] converted(@Nullable Object[] arguments) {
    return arguments(Call.arguments(name, arguments));
  }
}
