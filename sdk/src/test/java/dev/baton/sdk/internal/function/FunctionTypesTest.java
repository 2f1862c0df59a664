package dev.baton.sdk.internal.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.type.TypeFactory;
import dev.baton.sdk.Context;
import dev.baton.sdk.EncodingException;
import dev.baton.sdk.Functions.F0;
import dev.baton.sdk.Functions.F1;
import dev.baton.sdk.Functions.F2;
import dev.baton.sdk.Functions.P0;
import dev.baton.sdk.Functions.Shape;
import dev.baton.sdk.GenericType;
import dev.baton.sdk.JacksonCodec;
import dev.baton.sdk.internal.value.Values;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FunctionTypesTest {

  private static final Values VALUES = new Values(JacksonCodec.lossless());

  private static final Type ORDERS = new GenericType<List<Order>>() {}.type();

  record Order(String item) {}

  static int count(Context context, List<Order> orders) {
    return orders.size();
  }

  private String prefixed(String text, int times) {
    return text.repeat(times);
  }

  static <T> List<T> twice(T one) {
    return List.of(one, one);
  }

  static void nothing() {}

  @Test
  void methodReferenceTellsItsTypeArguments() {
    F2<Context, List<Order>, Integer> count = FunctionTypesTest::count;
    var types = FunctionTypes.of(count);
    assertThat(types.parameters()).hasSize(2);
    assertThat(types.parameters().get(0)).isEqualTo(Context.class);
    assertThat(types.parameters().get(1)).hasToString(ORDERS.toString());
    assertThat(types.result()).isEqualTo(int.class);
  }

  @Test
  void referenceToAMethodOfAnObjectHasOnlyItsParameters() {
    F2<String, Integer, String> prefixed = this::prefixed;
    assertThat(FunctionTypes.of(prefixed).parameters())
        .containsExactly((Type) String.class, int.class);
  }

  @Test
  void referenceToAMethodOfTheFirstArgumentHasThatArgumentFirst() {
    F1<Order, String> item = Order::item;
    assertThat(FunctionTypes.of(item))
        .isEqualTo(new FunctionTypes(List.of(Order.class), String.class));
  }

  @Test
  void constructorIsAFunction() {
    F1<String, Order> make = Order::new;
    assertThat(FunctionTypes.of(make))
        .isEqualTo(new FunctionTypes(List.of(String.class), Order.class));
  }

  @Test
  void lambdaTellsItsPlainTypesWhateverItCaptures() {
    int captured = 5;
    String other = "x";
    F2<Context, Order, String> lambda =
        (Context context, Order order) -> order.item() + captured + other + this;
    assertThat(FunctionTypes.of(lambda))
        .isEqualTo(new FunctionTypes(List.of(Context.class, Order.class), String.class));
  }

  @Test
  void lambdaWithGenericParameterIsRefusedInsteadOfMisread() {
    F1<List<Order>, Integer> lambda = (List<Order> orders) -> orders.size();
    assertThatThrownBy(() -> new Registry().register("size", lambda))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("parameter 1 of size is generic");
  }

  @Test
  void genericMethodIsTakenAsTheCallerUsesIt() {
    F1<Order, List<Order>> twice = FunctionTypesTest::twice;
    var types = FunctionTypes.of(twice);
    assertThat(types.parameters()).containsExactly((Type) Order.class);
    assertThat(types.result()).isNull();
  }

  @Test
  void classTellsTheTypesItImplements() {
    F1<List<Order>, Integer> anonymous =
        new F1<>() {
          @Override
          public Integer apply(List<Order> orders) {
            return orders.size();
          }
        };
    var types = FunctionTypes.of(anonymous);
    assertThat(types.parameters().get(0))
        .hasToString(TypeFactory.defaultInstance().constructType(ORDERS).toString());
    assertThat(types.result())
        .isEqualTo(TypeFactory.defaultInstance().constructType(Integer.class));
  }

  @Test
  void procedureHasNoResult() {
    P0 nothing = FunctionTypesTest::nothing;
    assertThat(FunctionTypes.of(nothing)).isEqualTo(new FunctionTypes(List.of(), void.class));
  }

  @Test
  void argumentsAreReadAsTheParameters() throws Exception {
    F2<Context, List<Order>, Integer> count = FunctionTypesTest::count;
    var function = register(count);
    var arguments = function.arguments(VALUES, json("[{\"item\":\"pen\"}]"));
    assertThat(arguments).containsExactly(List.of(new Order("pen")));
  }

  @Test
  void missingArgumentsAreNullAndTooManyAreRefused() {
    F1<Order, String> item = Order::item;
    var function = register(item);
    assertThat(function.arguments(VALUES, List.of())).containsExactly((Object) null);
    assertThatThrownBy(() -> function.arguments(VALUES, json("1", "2")))
        .isInstanceOf(EncodingException.class)
        .hasMessage("f takes 1 argument and was given 2");
  }

  @Test
  void contextComesFirstOrNotAtAll() {
    F2<Order, Context, String> wrong = (Order order, Context context) -> order.item();
    assertThatThrownBy(() -> register(wrong)).hasMessageContaining("only the first may be");
  }

  @Test
  void nameIsTakenOnce() {
    var registry = new Registry();
    F0<Integer> one = () -> 1;
    registry.register("one", one);
    assertThatThrownBy(() -> registry.register("one", one)).hasMessage("one is registered already");
    assertThatThrownBy(() -> registry.register(" ", one)).hasMessageContaining("blank");
  }

  @Test
  void typesMayBeGivenWhereTheyCannotBeTold() throws Exception {
    var registry = new Registry();
    registry.register(
        "keys",
        Registry.VERSION,
        List.of(new GenericType<Map<String, Order>>() {}.type()),
        (context, arguments) -> ((Map<?, ?>) arguments[0]).values().iterator().next());
    var function = Objects.requireNonNull(registry.find("keys", Registry.VERSION));
    assertThat(function.arguments(VALUES, json("{\"a\":{\"item\":\"pen\"}}")))
        .containsExactly(Map.of("a", new Order("pen")));
  }

  @Test
  void genericResultOfAStepHasToBeGiven() {
    F0<List<Order>> orders = () -> List.of(new Order("pen"));
    assertThatThrownBy(() -> StepTypes.resultOf("orders", orders))
        .hasMessageContaining("result of step 'orders' is generic");
    F0<Order> order = () -> new Order("pen");
    assertThat(StepTypes.resultOf("order", order)).isEqualTo(Order.class);
  }

  private static DurableFunction register(Shape shape) {
    var registry = new Registry();
    registry.register("f", shape);
    return Objects.requireNonNull(registry.find("f", Registry.VERSION));
  }

  private static List<byte[]> json(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }
}
