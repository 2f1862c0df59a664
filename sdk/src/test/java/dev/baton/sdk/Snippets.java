package dev.baton.sdk;

import java.time.Duration;
import java.time.ZoneId;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** The examples of the documentation. */
final class Snippets {

  record Order(String item, int count) {}

  record Receipt(String order, long cents) {}

  private Snippets() {}

  // @start region="worker"
  static long price(Order order) {
    return order.count() * 250L;
  }

  static Receipt buy(Context context, Order order) {
    long cents = context.rpc("price", Long.class, order); // takes no slot while it waits
    context.sleep(Duration.ofMinutes(5)); // so does this, on whichever worker goes on
    return context.step("charge", () -> new Receipt(order.item(), cents));
  }

  static void work() {
    try (var resonate = Resonate.connect(Settings.fromEnvironment().withSlots(4))) {
      resonate.register("price", Snippets::price).register("buy", Snippets::buy);
      resonate.serve(); // until SIGTERM, then drains
    }
  }

  // @end

  // @start region="client"
  static Receipt call() {
    try (var resonate = Resonate.connect(Settings.fromEnvironment())) {
      var toWorkers = Options.target("workers").timeout(Duration.ofHours(1));
      return resonate.with(toWorkers).rpc("order-17", "buy", Receipt.class, new Order("pencil", 3));
    }
  }

  // @end

  // @start region="interceptor"
  /** Sends on in whose name a call is made, and refuses what nobody has asked for. */
  record Tenants(ThreadLocal<String> current) implements Interceptor {
    @Override
    public <T extends @Nullable Object> T call(Call call, Next<T> next) throws Exception {
      call.header("tenant", current.get());
      return next.proceed();
    }

    @Override
    public <T extends @Nullable Object> T attempt(Attempt attempt, Next<T> next) throws Exception {
      String tenant = attempt.headers().get("tenant");
      if (tenant == null) {
        throw new SecurityException("nobody has asked for " + attempt.id());
      }
      current.set(tenant);
      try {
        return next.proceed();
      } finally {
        current.remove();
      }
    }

    @Override
    public Runnable fork(Runnable branch) {
      String tenant = current.get();
      return () -> {
        current.set(tenant);
        branch.run();
      };
    }
  }

  // @end

  // @start region="schedule"
  static void everyMorning(Resonate resonate) {
    var mornings =
        ScheduleSpec.cron("0 9 * * MON-FRI")
            .timeZone(ZoneId.of("Europe/Berlin"))
            .overlap(ScheduleSpec.Overlap.SKIP)
            .catchupWindow(Duration.ofHours(1));
    resonate.schedules().create("report", mornings, Options.target("workers"), "report");
  }

  // @end

  // @start region="encryption"
  static Settings encrypted(SecretKey old, SecretKey current) {
    var codec = EncryptedCodec.of(JacksonCodec.lossless(), "2025", old).withKey("2026", current);
    return Settings.fromEnvironment().withCodec(codec);
  }
  // @end
}
