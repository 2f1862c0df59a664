package dev.baton.server;

import dev.baton.protocol.Message;
import dev.baton.server.auth.Ending;
import dev.baton.server.auth.Tenures;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.groups.Groups;
import dev.baton.server.http.RequestMetrics;
import dev.baton.server.memory.Account;
import dev.baton.server.memory.MemoryLedger;
import dev.baton.server.process.EngineMetrics;
import dev.baton.server.push.PushMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the server counts: the names of protocol section 19, and, starting with {@code baton_}, its
 * own.
 */
final class Metrics implements RequestMetrics, PushMetrics, EngineMetrics, Dispatcher.Observer {

  private record Answered(String kind, int status) {}

  /** About what is written of all but the groups. */
  private static final int OWN_BYTES = 32_768;

  private static final String OTHER_REASON = "other";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Answered, Counter> answered = new ConcurrentHashMap<>();
  private final Map<String, Timer> durations = new ConcurrentHashMap<>();
  private final Counter executes = messages("execute");
  private final Counter unblocks = messages("unblock");
  private final Counter settled = messages("settled");

  /** Tasks that workers gave back, by the word that their reason begins with. */
  private final Map<String, Counter> givenBack =
      Stream.of("replay", "function", "process", OTHER_REASON)
          .collect(Collectors.toUnmodifiableMap(reason -> reason, this::givenBackFor));

  private final Map<Delivery, Counter> deliveries = new EnumMap<>(Delivery.class);
  private final Counter schedulePromises =
      Counter.builder("resonate_schedule_promises").register(registry);

  private final Counter removed =
      Counter.builder("baton_promises_removed")
          .description("Promises removed because they were settled long ago")
          .register(registry);
  private final Timer dispatch =
      Timer.builder("resonate_task_dispatch_seconds")
          .description("from a task's becoming ready to its leaving for a worker")
          .serviceLevelObjectives(steps())
          .register(registry);
  private final Timer batch =
      Timer.builder("baton_batch_seconds")
          .description("deciding a batch and making it durable")
          .serviceLevelObjectives(steps())
          .register(registry);
  private final DistributionSummary batchSize =
      DistributionSummary.builder("baton_batch_requests")
          .description("requests decided by one transaction")
          .serviceLevelObjectives(1, 4, 16, 64, 256, 1024)
          .register(registry);
  private final GroupMetrics groups;

  /** Kept only for as long as somebody is told it: it may have megabytes. */
  private WeakReference<byte[]> text = new WeakReference<>(null);

  private Groups textOf = Groups.NONE;

  /**
   * @param mostGroups how many groups are shown one by one
   */
  Metrics(int mostGroups) {
    groups = new GroupMetrics(mostGroups);
    for (Delivery delivery : Delivery.values()) {
      deliveries.put(
          delivery,
          Counter.builder("resonate_deliveries")
              .tag("status", delivery.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    JvmGcMetrics collector = new JvmGcMetrics();
    collector.bindTo(registry);
  }

  private static Duration[] steps() {
    return new Duration[] {
      Duration.ofNanos(250_000),
      Duration.ofNanos(500_000),
      Duration.ofMillis(1),
      Duration.ofMillis(2),
      Duration.ofMillis(5),
      Duration.ofMillis(10),
      Duration.ofMillis(25),
      Duration.ofMillis(100),
      Duration.ofMillis(500),
      Duration.ofSeconds(2),
      Duration.ofSeconds(10),
      Duration.ofSeconds(60)
    };
  }

  private Counter messages(String kind) {
    return Counter.builder("resonate_messages").tag("kind", kind).register(registry);
  }

  /**
   * Shows something for as long as the process lives: not of what comes and goes within it, as a
   * shard does, since a second one of that name would be ignored and the first be shown for ever.
   */
  void gauge(String name, Supplier<Number> value) {
    if (registry.find(name).gauge() != null) {
      throw new IllegalStateException(name + " is shown already");
    }
    Gauge.builder(name, value).register(registry);
  }

  /** Shows something that only grows. */
  void counter(String name, String description, LongSupplier value) {
    // The object is held weakly, and a method reference would be gone at the next collection.
    FunctionCounter.builder(name, registry, _ -> value.getAsLong())
        .description(description)
        .register(registry);
  }

  /** Shows what each part of the server holds in memory for clients. */
  void memory(MemoryLedger memory) {
    for (MemoryLedger.Part part : MemoryLedger.Part.values()) {
      Account account = memory.account(part);
      Tags tags = Tags.of("part", part.label());
      Gauge.builder("baton_memory_used_bytes", account, Account::used)
          .tags(tags)
          .description("bytes held in memory for clients")
          .register(registry);
      Gauge.builder("baton_memory_limit_bytes", account, Account::limit)
          .tags(tags)
          .description("bytes that may be held")
          .register(registry);
      FunctionCounter.builder("baton_memory_refusals", account, Account::refusals)
          .tags(tags)
          .description("what was refused, put off or forgotten for want of room")
          .register(registry);
    }
  }

  /** Counts streams by why they have been ended. They are asked while they are there. */
  void streams(Tenures tenures) {
    for (Ending reason : Ending.values()) {
      FunctionCounter.builder("baton_streams_ended", tenures, known -> known.ended(reason))
          .description("Streams that were closed because their token was good no more")
          .tag("reason", reason.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
  }

  /** How many requests of the protocol have been answered. */
  long requestCount() {
    long count = 0;
    for (Counter each : answered.values()) {
      count += (long) each.count();
    }
    return count;
  }

  @Override
  public void answered(String kind, int status, long nanos) {
    answered
        .computeIfAbsent(
            new Answered(kind, status),
            key ->
                Counter.builder("resonate_request")
                    .tag("kind", key.kind())
                    .tag("status", Integer.toString(key.status()))
                    .register(registry))
        .increment();
    durations
        .computeIfAbsent(
            kind,
            key ->
                Timer.builder("resonate_request_duration_seconds")
                    .tag("kind", key)
                    .serviceLevelObjectives(steps())
                    .register(registry))
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void delivered(Delivery delivery) {
    Objects.requireNonNull(deliveries.get(delivery)).increment();
  }

  @Override
  public void failed(String reason, String network) {
    Counter.builder("baton_push_failures")
        .tag("reason", reason)
        .tag("network", network)
        .register(registry)
        .increment();
  }

  @Override
  public void batch(int size, long nanos) {
    batch.record(nanos, TimeUnit.NANOSECONDS);
    batchSize.record(size);
  }

  @Override
  public void schedulePromises(int count) {
    schedulePromises.increment(count);
  }

  @Override
  public void removed(int count) {
    removed.increment(count);
  }

  private Counter givenBackFor(String reason) {
    return Counter.builder("baton_tasks_given_back")
        .description("Tasks that workers passed on, by why")
        .tag("reason", reason)
        .register(registry);
  }

  @Override
  public void givenBack(String reason) {
    int colon = reason.indexOf(':');
    String word = colon < 0 ? OTHER_REASON : reason.substring(0, colon);
    Objects.requireNonNull(
            givenBack.getOrDefault(word, givenBack.get(OTHER_REASON)), "all are counted")
        .increment();
  }

  @Override
  public void sent(Message message, long waitedMs) {
    switch (message) {
      case Message.Execute _ -> {
        executes.increment();
        dispatch.record(waitedMs, TimeUnit.MILLISECONDS);
      }
      case Message.Unblock _ -> unblocks.increment();
      case Message.Settled _ -> settled.increment();
    }
  }

  /**
   * The text for a scraper, with those groups: written once, however many ask while they are the
   * latest. One thread at a time may call this; nobody changes the bytes.
   */
  byte[] scrape(Groups groups) {
    byte[] known = text.get();
    if (known != null && groups == textOf && groups != Groups.NONE) {
      return known;
    }
    this.groups.show(groups);
    byte[] written = write();
    textOf = groups;
    text = new WeakReference<>(written);
    return written;
  }

  private byte[] write() {
    ByteArrayOutputStream own = new ByteArrayOutputStream(OWN_BYTES);
    try {
      registry.scrape(own);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return groups.text(own.toByteArray());
  }

  void close() {
    registry.close();
  }
}
