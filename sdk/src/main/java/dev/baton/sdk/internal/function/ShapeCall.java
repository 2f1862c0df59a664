package dev.baton.sdk.internal.function;

import dev.baton.sdk.Functions.F0;
import dev.baton.sdk.Functions.F1;
import dev.baton.sdk.Functions.F2;
import dev.baton.sdk.Functions.F3;
import dev.baton.sdk.Functions.F4;
import dev.baton.sdk.Functions.F5;
import dev.baton.sdk.Functions.F6;
import dev.baton.sdk.Functions.F7;
import dev.baton.sdk.Functions.F8;
import dev.baton.sdk.Functions.P0;
import dev.baton.sdk.Functions.P1;
import dev.baton.sdk.Functions.P2;
import dev.baton.sdk.Functions.P3;
import dev.baton.sdk.Functions.P4;
import dev.baton.sdk.Functions.P5;
import dev.baton.sdk.Functions.P6;
import dev.baton.sdk.Functions.P7;
import dev.baton.sdk.Functions.P8;
import dev.baton.sdk.Functions.Shape;
import org.jspecify.annotations.Nullable;

/** Calls a function of any shape. */
final class ShapeCall {

  private ShapeCall() {}

  /** The arguments have been read as the function's own parameter types. */
  @SuppressWarnings({"rawtypes", "unchecked", "NullAway"})
  static @Nullable Object apply(Shape function, @Nullable Object[] a) throws Exception {
    return switch (function) {
      case F0 f -> f.apply();
      case F1 f -> f.apply(a[0]);
      case F2 f -> f.apply(a[0], a[1]);
      case F3 f -> f.apply(a[0], a[1], a[2]);
      case F4 f -> f.apply(a[0], a[1], a[2], a[3]);
      case F5 f -> f.apply(a[0], a[1], a[2], a[3], a[4]);
      case F6 f -> f.apply(a[0], a[1], a[2], a[3], a[4], a[5]);
      case F7 f -> f.apply(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
      case F8 f -> f.apply(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
      case P0 f -> {
        f.apply();
        yield null;
      }
      case P1 f -> {
        f.apply(a[0]);
        yield null;
      }
      case P2 f -> {
        f.apply(a[0], a[1]);
        yield null;
      }
      case P3 f -> {
        f.apply(a[0], a[1], a[2]);
        yield null;
      }
      case P4 f -> {
        f.apply(a[0], a[1], a[2], a[3]);
        yield null;
      }
      case P5 f -> {
        f.apply(a[0], a[1], a[2], a[3], a[4]);
        yield null;
      }
      case P6 f -> {
        f.apply(a[0], a[1], a[2], a[3], a[4], a[5]);
        yield null;
      }
      case P7 f -> {
        f.apply(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
        yield null;
      }
      case P8 f -> {
        f.apply(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
        yield null;
      }
    };
  }
}
