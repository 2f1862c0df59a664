package outside;

import dev.baton.protocol.PromiseRecord;
import dev.baton.sdk.Context;
import dev.baton.sdk.Options;
import dev.baton.sdk.PromiseCanceledException;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.RetryPolicy;
import dev.baton.sdk.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A worker and its client in one process, which uses what a program may use of the SDK. */
public final class Main {

  /** How an order is paid. */
  public sealed interface Payment {
    /** With a card. */
    record Card(String number) implements Payment {}

    /** Later. */
    record Invoice(int days) implements Payment {}
  }

  /** What is bought. */
  public record Order(String item, int count, Payment payment) {}

  /** What was bought. */
  public record Receipt(String item, List<Long> cents, String approvedBy) {}

  /** The functions. */
  public interface Shop {
    /** Buys. */
    Receipt buy(Order order);

    /** A price in cents. */
    long price(int count);

    /** Goes on until it is cancelled. */
    void watch();
  }

  private static final class Orders implements Shop {

    private final AtomicInteger tries = new AtomicInteger();

    @Override
    public Receipt buy(Order order) {
      var context = Context.current();
      var prices =
          context.all(
              IntStream.rangeClosed(1, order.count())
                  .mapToObj(count -> context.beginRpc(Shop.class, shop -> shop.price(count)))
                  .toList());
      context.sleep(Duration.ofMillis(50));
      var approval = context.promise("approval", String.class, order, Duration.ofMinutes(1));
      String by = approval.result();
      var again = Options.defaults().retry(RetryPolicy.exponential(Duration.ofMillis(10), 3));
      return context.with(again).step("charge", () -> charge(order, prices, by));
    }

    private Receipt charge(Order order, List<Long> prices, String by) {
      if (tries.incrementAndGet() < 2) {
        throw new IllegalStateException("the bank is away");
      }
      return new Receipt(order.item(), prices, by);
    }

    @Override
    public long price(int count) {
      return Context.current().step("price", () -> count * 250L);
    }

    @Override
    public void watch() {
      Context.current().sleep(Duration.ofHours(1));
    }
  }

  private Main() {}

  private static void awaitQuestion(Resonate resonate) throws InterruptedException {
    var asked = Map.of("baton:promise", "approval");
    while (resonate.promises().search(PromiseRecord.State.PENDING, asked).findAny().isEmpty()) {
      Thread.sleep(20);
    }
  }

  /** Prints the receipt. */
  public static void main(String[] args) throws InterruptedException {
    try (var resonate = Resonate.connect(Settings.fromEnvironment())) {
      resonate.register(Shop.class, new Orders());
      resonate.start();
      var shop = resonate.client(Shop.class);
      var order = new Order("pencil", 3, new Payment.Invoice(30));
      var receipt = shop.begin("order-1", it -> it.buy(order));
      awaitQuestion(resonate);
      resonate.promise("order-1", "approval", String.class).resolve("an editor");
      System.out.println(receipt.result());
      var watching =
          shop.begin(
              "watch-1",
              it -> {
                it.watch();
                return null;
              });
      watching.cancel();
      try {
        watching.result();
      } catch (PromiseCanceledException e) {
        System.out.println("cancelled on Java " + Runtime.version().feature());
      }
    }
  }
}
