package dev.baton.quarkus.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.sdk.DurableFunctions;
import io.quarkus.deployment.builditem.CombinedIndexBuildItem;
import io.quarkus.deployment.builditem.nativeimage.NativeImageProxyDefinitionBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveHierarchyBuildItem;
import io.quarkus.deployment.builditem.nativeimage.ReflectiveMethodBuildItem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jboss.jandex.Index;
import org.junit.jupiter.api.Test;

/** What a native image is told. It has not been built: that wants a builder. */
final class NativeImageTest {

  /** An argument. */
  record Order(String item, int count) {}

  /** A result. */
  record Receipt(long cents) {}

  /** Durable functions. */
  @DurableFunctions
  interface Orders {
    Receipt buy(Order order);

    long price(int count);

    void forget();
  }

  /** Functions that are not. */
  interface Others {
    Order repeat(Receipt receipt);
  }

  private final List<NativeImageProxyDefinitionBuildItem> proxies = new ArrayList<>();
  private final List<ReflectiveMethodBuildItem> methods = new ArrayList<>();
  private final List<ReflectiveHierarchyBuildItem> values = new ArrayList<>();

  @Test
  void durableFunctionsAreProxiedCalledByReflectionAndTheirValuesLookedInto() throws IOException {
    var index = Index.of(Orders.class, Others.class, Order.class, Receipt.class);
    new BatonProcessor()
        .reflected(
            new CombinedIndexBuildItem(index, index), proxies::add, methods::add, values::add);
    assertThat(proxies)
        .singleElement()
        .satisfies(proxy -> assertThat(proxy.getClasses()).containsExactly(Orders.class.getName()));
    assertThat(methods)
        .allSatisfy(
            method -> assertThat(method.getDeclaringClass()).isEqualTo(Orders.class.getName()))
        .extracting(ReflectiveMethodBuildItem::getName)
        .containsExactlyInAnyOrder("buy", "price", "forget");
    assertThat(values)
        .extracting(value -> value.getType().name().toString())
        .containsExactlyInAnyOrder(Order.class.getName(), Receipt.class.getName());
  }
}
