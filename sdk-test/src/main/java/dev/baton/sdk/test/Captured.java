package dev.baton.sdk.test;

import dev.baton.sdk.Functions;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.RecordComponent;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The values that a lambda has captured, as far as they are plain ones that can be compared: texts,
 * numbers, instants, ids, and records, lists and maps of such.
 */
final class Captured {

  /** Stands for what cannot be compared. */
  private static final Object OPAQUE = new Object();

  private static final int DEEPEST = 5;

  private Captured() {}

  static List<@Nullable Object> of(Functions.Shape code) {
    try {
      var writeReplace = code.getClass().getDeclaredMethod("writeReplace");
      writeReplace.setAccessible(true);
      if (writeReplace.invoke(code) instanceof SerializedLambda lambda) {
        var values = new ArrayList<@Nullable Object>();
        for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
          values.add(plain(lambda.getCapturedArg(i), 0));
        }
        return values;
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      // No lambda, or one that does not say.
    }
    return List.of();
  }

  private static @Nullable Object plain(@Nullable Object value, int depth) {
    if (value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Character
        || value instanceof Number
        || value instanceof Enum<?>
        || value instanceof UUID
        || value instanceof TemporalAccessor
        || value instanceof TemporalAmount) {
      return value;
    }
    boolean isPlain =
        depth < DEEPEST
            && switch (value) {
              case Record it -> arePlain(components(it), depth);
              case Optional<?> it -> arePlain(it.stream().toList(), depth);
              case Collection<?> it -> arePlain(it, depth);
              case Map<?, ?> it -> arePlain(it.keySet(), depth) && arePlain(it.values(), depth);
              default -> false;
            };
    return isPlain ? value : OPAQUE;
  }

  private static boolean arePlain(Collection<?> values, int depth) {
    for (var value : values) {
      if (plain(value, depth + 1) == OPAQUE) {
        return false;
      }
    }
    return true;
  }

  private static List<@Nullable Object> components(Record value) {
    var components = new ArrayList<@Nullable Object>();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        components.add(component.getAccessor().invoke(value));
      } catch (ReflectiveOperationException | RuntimeException e) {
        components.add(OPAQUE);
      }
    }
    return components;
  }

  /** The first difference between what was captured twice, in words; null if there is none. */
  static @Nullable String difference(List<@Nullable Object> before, List<@Nullable Object> now) {
    for (int i = 0; i < Math.min(before.size(), now.size()); i++) {
      Object one = before.get(i);
      Object other = now.get(i);
      if (one != OPAQUE && other != OPAQUE && !Objects.equals(one, other)) {
        return "uses %s the first time, and %s when it is run again".formatted(one, other);
      }
    }
    return null;
  }
}
