package dev.baton.sdk.internal.function;

import dev.baton.sdk.Context;
import dev.baton.sdk.Functions;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The functions of this process by name. */
public final class Registry {

  private final Map<String, DurableFunction> functions = new ConcurrentHashMap<>();

  public void register(String name, Functions.Shape function) {
    var types = FunctionTypes.of(function).parameters();
    boolean takesContext = !types.isEmpty() && types.get(0) == Context.class;
    var parameters = new ArrayList<Type>();
    for (int i = takesContext ? 1 : 0; i < types.size(); i++) {
      parameters.add(told(name, i, types.get(i)));
    }
    put(
        new DurableFunction(
            name,
            parameters,
            (context, arguments) ->
                ShapeCall.apply(function, takesContext ? led(context, arguments) : arguments)));
  }

  public void register(String name, List<Type> parameters, Functions.Untyped function) {
    put(new DurableFunction(name, parameters, function));
  }

  public @Nullable DurableFunction find(String name) {
    return functions.get(name);
  }

  private void put(DurableFunction function) {
    if (function.name().isBlank()) {
      throw new IllegalArgumentException("the name of a function is blank");
    }
    if (functions.putIfAbsent(function.name(), function) != null) {
      throw new IllegalArgumentException(function.name() + " is registered already");
    }
  }

  private static Type told(String name, int index, @Nullable Type type) {
    if (type == null) {
      throw new IllegalArgumentException(
          "parameter %d of %s is generic and a lambda does not tell its type arguments: use a method reference, or give the types"
              .formatted(index + 1, name));
    }
    if (type == Context.class) {
      throw new IllegalArgumentException(
          "parameter %d of %s is a Context; only the first may be".formatted(index + 1, name));
    }
    return type;
  }

  private static @Nullable Object[] led(Context context, @Nullable Object[] arguments) {
    var all = new @Nullable Object[arguments.length + 1];
    all[0] = context;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return all;
  }
}
