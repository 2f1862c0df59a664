package dev.baton.example.quarkus;

import dev.baton.sdk.Context;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** The bean that does what {@link Orders} says; each step is done once, whoever dies meanwhile. */
@ApplicationScoped
class Shop implements Orders {

  private static final long CENTS_EACH = 250;

  @Override
  public Receipt buy(Order order) {
    var context = Context.current();
    String reservedBy = context.step("reserve", () -> context.pid());
    var decision = context.promise("approval", Decision.class, order, Duration.ofDays(2)).result();
    if (!decision.approved()) {
      context.effect("release", () -> {});
      throw new OrderRefusedException("refused by " + decision.by());
    }
    return context.step(
        "charge",
        () ->
            new Receipt(
                order.item(),
                order.count() * CENTS_EACH,
                reservedBy,
                decision.by(),
                context.pid()));
  }
}
