package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Functions of interfaces and method references, over a real server. */
@Timeout(60)
class TypedIT {

  record Item(String name, int count) {}

  record Receipt(String items, long cents) {}

  interface Prices {
    long price(Item item);
  }

  interface Orders extends Prices {
    Receipt buy(List<Item> items);

    List<Item> wishes(String customer);

    @FunctionName("orders.forget")
    void forget(String customer);

    default Receipt buyOne(String name) {
      return buy(List.of(new Item(name, 1)));
    }
  }

  /** What the worker has: a workflow among plain functions. */
  private final class Shop implements Orders {
    @Override
    public Receipt buy(List<Item> items) {
      var context = Context.current();
      var prices =
          items.stream().map(item -> context.beginRpc(Orders.class, it -> it.price(item))).toList();
      long cents = context.all(prices).stream().mapToLong(price -> price).sum();
      return context.step("receipt", () -> new Receipt(names(items), cents));
    }

    @Override
    public long price(Item item) {
      if (item.count() < 0) {
        throw new IllegalArgumentException("no price of less than nothing");
      }
      return item.count() * 250L;
    }

    @Override
    public List<Item> wishes(String customer) {
      return List.of(new Item(customer + "'s pen", 2));
    }

    @Override
    public void forget(String customer) {
      forgotten.incrementAndGet();
    }
  }

  private final LiveServer server = LiveServer.inMemory();
  private final Resonate worker = server.worker("w1");
  private final Resonate client = server.client();
  private final AtomicInteger forgotten = new AtomicInteger();
  private final Client<Orders> orders = client.client(Orders.class, Options.target("workers"));

  @AfterEach
  void close() {
    client.close();
    worker.close();
    server.close();
  }

  private static String names(List<Item> items) {
    return String.join("+", items.stream().map(Item::name).toList());
  }

  private void serve() {
    worker.register(Orders.class, new Shop());
    worker.start();
  }

  @Test
  void functionsOfAnInterfaceAreCalledThroughIt() {
    serve();
    var receipt = new Receipt("pen+ink", 750);
    var items = List.of(new Item("pen", 1), new Item("ink", 2));
    assertThat(orders.begin("order-1").buy(items)).isEqualTo(receipt);
    assertThat(orders.begin("order-1").buy(List.of())).isEqualTo(receipt);
    Handle<Receipt> handle = orders.begin("order-2", it -> it.buy(items));
    assertThat(handle.result()).isEqualTo(receipt);
    assertThat(handle.id()).isEqualTo("order-2");
    assertThat(client.get("order-1.1", Long.class).result()).isEqualTo(250);
  }

  @Test
  void whatAnInterfaceSaysOfItsTypesIsRead() {
    serve();
    assertThat(orders.begin("a").wishes("Jo")).containsExactly(new Item("Jo's pen", 2));
    assertThat(orders.begin("b").buyOne("pen")).isEqualTo(new Receipt("pen", 250));
    orders.begin("c").forget("Jo");
    assertThat(forgotten).hasValue(1);
    var byName = client.with(Options.target("workers"));
    byName.rpc("d", "orders.forget", Void.class, "Jo");
    assertThat(byName.rpc("e", "Orders.price", Long.class, new Item("pen", 3))).isEqualTo(750);
    assertThat(forgotten).hasValue(2);
    var functions = orders.begin("f");
    assertThat(List.of(functions)).contains(functions).doesNotContain(orders.begin("f"));
    assertThat(functions).hasToString("calls of " + Orders.class.getName());
  }

  @Test
  void failureOfAFunctionOfAnInterfaceIsTheOneThatItThrew() {
    serve();
    var handle = orders.begin("a", it -> it.price(new Item("pen", -1)));
    assertThatThrownBy(handle::result)
        .isInstanceOfSatisfying(
            RemoteException.class,
            e -> assertThat(e.remoteMessage()).isEqualTo("no price of less than nothing"));
  }

  static long twice(Long number) {
    return number * 2;
  }

  static long thrice(Context context, Long number) {
    return context.call(TypedIT::twice, number) + number;
  }

  static List<Item> wishesOf(Context context, String customer) {
    return context.call(Orders.class).wishes(customer);
  }

  @Test
  void methodReferencesNameFunctions() {
    worker.register("twice", TypedIT::twice).register("thrice", TypedIT::thrice);
    worker.register("wishesOf", TypedIT::wishesOf);
    worker.register(
        "flow",
        (Context context, Long number) -> {
          var begun = context.beginRpc(TypedIT::thrice, number);
          long cents = context.rpc(Orders::price, new Item("pen", 1));
          return context.rpc(TypedIT::twice, number) + begun.result() + cents;
        });
    serve();
    var toWorkers = client.with(Options.target("workers"));
    assertThat(toWorkers.rpc("a", Orders::price, new Item("pen", 2))).isEqualTo(500);
    assertThat(toWorkers.rpc("b", Orders::wishes, "Jo").getFirst().name()).isEqualTo("Jo's pen");
    assertThat(toWorkers.rpc("c", "flow", Long.class, 10)).isEqualTo(20 + 30 + 250);
    assertThat(worker.rpc("d", TypedIT::thrice, 5L)).isEqualTo(15);
    assertThat(worker.beginRpc("e", TypedIT::wishesOf, "Jo").result()).hasSize(1);
    assertThatThrownBy(() -> client.rpc("f", TypedIT::twice, 1L))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("twice")
        .hasMessageContaining("is no function");
    Functions.F1<Long, Long> lambda = (Long number) -> number;
    assertThatThrownBy(() -> client.rpc("f", lambda, 1L)).hasMessageContaining("Orders::buy");
  }

  @Test
  void overloadedMethodsAreStepsWithoutACast() {
    worker.register(
        "flow",
        (Context context) -> {
          Instant now = context.run("now", Instant::now);
          context.effect("note", () -> forgotten.incrementAndGet());
          context.beginEffect("note", forgotten::incrementAndGet).result();
          return context.step("later", () -> now.plusSeconds(1)).isAfter(now);
        });
    worker.start();
    assertThat(worker.rpc("a", "flow", Boolean.class)).isTrue();
    assertThat(forgotten).hasValue(2);
  }

  interface Twins {
    int one(int a);

    int one(String a);
  }

  interface WithContext {
    int one(Context context);
  }

  @Test
  void whatIsNoInterfaceOfFunctionsIsRefused() {
    assertThatThrownBy(() -> client.client(String.class)).hasMessageContaining("no interface");
    assertThatThrownBy(() -> client.client(AutoCloseable.class).begin("a", it -> 1))
        .hasMessageContaining("one function of");
    assertThatThrownBy(() -> client.client(Twins.class)).hasMessageContaining("two functions");
    assertThatThrownBy(() -> client.client(WithContext.class))
        .hasMessageContaining("Context.current()");
    assertThatThrownBy(Context::current).isInstanceOf(IllegalStateException.class);
    worker.register(Orders.class, new Shop());
    assertThatThrownBy(() -> worker.register(Orders.class, new Shop()))
        .hasMessageContaining("is registered already");
  }

  @Test
  void versionsOfAFunctionStandBesideEachOther() {
    worker
        .register("name", (String item) -> item)
        .register("name", 2, (String item) -> item + " (new)")
        .register(Orders.class, 3, new Shop());
    worker.start();
    var toWorkers = Options.target("workers");
    assertThat(client.with(toWorkers).rpc("a", "name", String.class, "pen")).isEqualTo("pen");
    assertThat(client.with(toWorkers.version(2)).rpc("b", "name", String.class, "pen"))
        .isEqualTo("pen (new)");
    assertThat(client.with(toWorkers.version(0)).rpc("c", "name", String.class, "pen"))
        .isEqualTo("pen (new)");
    assertThat(orders.with(toWorkers.version(3)).begin("d").price(new Item("pen", 1)))
        .isEqualTo(250);
    assertThatThrownBy(() -> worker.register("name", 2, () -> 1))
        .hasMessage("name in version 2 is registered already");
    assertThatThrownBy(() -> worker.register("name", 0, () -> 1)).hasMessageContaining("below 1");
    assertThatThrownBy(() -> toWorkers.version(-1)).hasMessageContaining("version -1");
  }

  @Test
  void handleIsAFuture() throws Exception {
    serve();
    var price = orders.begin("a", it -> it.price(new Item("pen", 2))).toFuture();
    var failure = orders.begin("b", it -> it.price(new Item("pen", -1))).toFuture();
    assertThat(
            price.thenCombine(failure.exceptionally(e -> 1L), Long::sum).get(20, TimeUnit.SECONDS))
        .isEqualTo(501);
    assertThat(failure).isCompletedExceptionally();
    assertThat(client.get("a", Long.class).toFuture().get(20, TimeUnit.SECONDS)).isEqualTo(500);
    var missing = client.get("nobody", Long.class).toFuture();
    assertThat(missing).failsWithin(Duration.ofSeconds(20));
    var never = client.promises().create("never", Duration.ofHours(1));
    var waiting = client.get(never.id(), Long.class).toFuture();
    client.close();
    assertThat(waiting).failsWithin(Duration.ofSeconds(20));
  }
}
