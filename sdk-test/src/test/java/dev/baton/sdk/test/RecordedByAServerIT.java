package dev.baton.sdk.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.cli.ClientCommands;
import dev.baton.sdk.Context;
import dev.baton.sdk.Options;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.RetryPolicy;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command line exports from a real server is replayed here. */
final class RecordedByAServerIT {

  private final AtomicInteger tries = new AtomicInteger();

  private final Consumer<Resonate> recorded =
      it ->
          it.register("buy", this::buy)
              .register("price", (Context context, String item) -> context.step("look", () -> 250));

  private String buy(Context context, String item) {
    var prices =
        List.of(
            context.beginRpc("price", Integer.class, item),
            context.beginRpc("price", Integer.class, item + "!"));
    context.sleep(Duration.ofMillis(50));
    int cents = context.all(prices).stream().mapToInt(Integer::intValue).sum();
    var patient =
        context.with(Options.defaults().retry(RetryPolicy.constant(Duration.ofMillis(10), 5)));
    patient.effect(
        "charge",
        () -> {
          if (tries.incrementAndGet() < 3) {
            throw new IOException("the bank is away");
          }
        });
    return item + " for " + cents + " at " + context.now();
  }

  @Test
  @Timeout(60)
  void aCallThatWasExportedGoesWithItsCodeAndNotWithAnother(@TempDir Path folder) {
    String file = folder.resolve("order-7.json").toString();
    try (var server = BatonServer.start(ServerConfig.of(memory()))) {
      var url = URI.create("http://127.0.0.1:" + server.port());
      try (var resonate = Resonate.connect(url, "shop")) {
        recorded.accept(resonate);
        resonate.start();
        assertThat(resonate.beginRpc("order-7", "buy", String.class, "tea").result())
            .startsWith("tea for 500 at ");
      }
      export("order-7", file, url);
    }

    assertThat(Replay.of(Path.of(file)).difference(recorded)).isEmpty();
    assertThat(tries).hasValue(3);
    assertThat(
            Replay.of(Path.of(file))
                .difference(it ->
                    it.register("buy", this::buy)
                        .register(
                            "price",
                            (Context context, String item) -> context.step("guess", () -> 1))))
        .hasValueSatisfying(difference ->
            assertThat(difference)
                .startsWith(
                    "step 1 of order-7.1 'price' (order-7.1.1) was run 'look' when it was recorded,"
                        + " and is now run 'guess'"));
  }

  private static void export(String id, String file, URI url) {
    var line = new CommandLine(ClientCommands.TREE.create());
    var out = new StringWriter();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(out, true));
    int code =
        ClientCommands.run(
            line.parseArgs(id, "--export", file, "--server", url.toString()), Map.of());
    assertThat(out.toString()).startsWith(file + " holds " + id);
    assertThat(code).isZero();
  }

  private static Layers memory() {
    return Layers.inMemory();
  }
}
