package dev.baton.sdk.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.protocol.History;
import dev.baton.sdk.Context;
import dev.baton.sdk.EncryptedCodec;
import dev.baton.sdk.Functions;
import dev.baton.sdk.JacksonCodec;
import dev.baton.sdk.Options;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.RetryPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recorded call goes with the code that made it, and the first step that does not is named. */
final class HistoryReplayTest {

  private static final String NOT_WITH =
      ": a call that is under way could not go on with this code";

  private final AtomicInteger charged = new AtomicInteger();

  private Consumer<Resonate> shop(Functions.F2<Context, String, String> buy) {
    return it ->
        it.register("buy", buy)
            .register("price", (Context context, String item) -> context.step("look", () -> 250));
  }

  private final Consumer<Resonate> recorded = shop(this::buy);

  private String buy(Context context, String item) {
    context.effect("reserve", () -> {});
    long cents = context.rpc("price", Long.class, item);
    context.sleep(Duration.ofHours(3));
    context.effect("charge", charged::incrementAndGet);
    return item + " for " + cents;
  }

  private History history() {
    try (var kit = new BatonKit()) {
      kit.startWorker(recorded);
      kit.resonate().beginRpc("order-7", "buy", String.class, "tea").result();
      return kit.history("order-7");
    }
  }

  private static String first(History history, Consumer<Resonate> code) {
    return Replay.of(history).difference(code).orElse("none");
  }

  @Test
  void theCodeThatMadeItHasNoDifferenceAndRunsNoStep() {
    var history = history();
    assertThat(charged).hasValue(1);

    assertThat(first(history, recorded)).isEqualTo("none");
    assertThatCode(() -> Replay.of(history).against(recorded)).doesNotThrowAnyException();
    assertThat(charged).hasValue(1);
  }

  @Test
  void anotherNameIsNamed() {
    var code =
        shop((Context context, String item) -> {
          context.effect("book", () -> {});
          context.rpc("price", Long.class, item);
          return item;
        });

    assertThatThrownBy(() -> Replay.of(history()).against(code))
        .isInstanceOf(HistoryDiffersError.class)
        .hasMessage(
            "step 1 of order-7 'buy' (order-7.1) was run 'reserve' when it was recorded, and is now"
                + " run 'book'"
                + NOT_WITH);
  }

  @Test
  void anotherOrderIsNamed() {
    var code =
        shop((Context context, String item) -> {
          long cents = context.rpc("price", Long.class, item);
          context.effect("reserve", () -> {});
          return item + cents;
        });

    assertThat(first(history(), code))
        .isEqualTo(
            "step 1 of order-7 'buy' (order-7.1) was run 'reserve' when it was recorded, and is now"
                + " rpc 'price', which was step 2"
                + NOT_WITH);
  }

  @Test
  void otherArgumentsAreNamed() {
    var code =
        shop((Context context, String item) -> {
          context.effect("reserve", () -> {});
          return item + context.rpc("price", Long.class, item.toUpperCase(Locale.ROOT));
        });

    assertThat(first(history(), code))
        .isEqualTo(
            "step 2 of order-7 'buy' (order-7.2) rpc 'price', was called with [\"tea\"] when it was"
                + " recorded, and is now called with [\"TEA\"]"
                + NOT_WITH);
  }

  @Test
  void anotherVersionIsNamed() {
    var code =
        shop((Context context, String item) -> {
          context.effect("reserve", () -> {});
          return item + context.with(Options.defaults().version(2)).rpc("price", Long.class, item);
        });

    assertThat(first(history(), code))
        .isEqualTo(
            "step 2 of order-7 'buy' (order-7.2) rpc 'price', was of version 1 when it was"
                + " recorded, and is now of version 2"
                + NOT_WITH);
  }

  @Test
  void aStepThatIsGoneIsNamed() {
    var code =
        shop((Context context, String item) -> {
          context.effect("reserve", () -> {});
          context.rpc("price", Long.class, item);
          context.sleep(Duration.ofHours(3));
          return item;
        });

    assertThat(first(history(), code))
        .isEqualTo(
            "step 4 of order-7 'buy' (order-7.4), run 'charge', is gone: order-7 'buy' now ends"
                + " after 3 steps"
                + NOT_WITH);
  }

  @Test
  void aStepThatIsNewIsNamed() {
    var code =
        shop((Context context, String item) -> {
          String bought = buy(context, item);
          context.effect("mail", () -> {});
          return bought;
        });

    assertThat(first(history(), code))
        .isEqualTo(
            "step 5 of order-7 'buy' (order-7.5), run 'mail', is new: when it was recorded, order-7"
                + " 'buy' ended after 4 steps"
                + NOT_WITH);
  }

  @Test
  void aStepThatAVersionGuardsIsNoDifference() {
    var code =
        shop((Context context, String item) -> {
          context.effect("reserve", () -> {});
          if (context.version("audit", 1, 2) >= 2) {
            context.effect("audit", () -> {});
          }
          long cents = context.rpc("price", Long.class, item);
          context.sleep(Duration.ofHours(3));
          context.effect("charge", () -> {});
          return item + cents;
        });

    assertThat(first(history(), code)).isEqualTo("none");
  }

  @Test
  void whatWasCalledElsewhereIsComparedToo() {
    Consumer<Resonate> code =
        it ->
            it.register("buy", this::buy)
                .register(
                    "price", (Context context, String item) -> context.step("guess", () -> 300));

    assertThat(first(history(), code))
        .isEqualTo(
            "step 1 of order-7.2 'price' (order-7.2.1) was run 'look' when it was recorded, and is"
                + " now run 'guess'"
                + NOT_WITH);
    assertThat(first(history(), it -> it.register("buy", this::buy))).isEqualTo("none");
  }

  @Test
  void codeThatFailsNowIsADifference() {
    var code =
        shop((Context context, String item) -> {
          context.effect("reserve", () -> {});
          throw new IllegalStateException("no tea");
        });

    assertThat(first(history(), code))
        .startsWith("step 2 of order-7 'buy' (order-7.2), rpc 'price', is gone");
  }

  @Test
  void aFunctionThatIsNotThereIsSaid() {
    assertThatThrownBy(() -> Replay.of(history()).against(it -> it.register("sell", () -> 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("order-7 cannot be replayed: buy (version 1) is not registered");
  }

  @Test
  void aCallThatIsNotOverIsComparedAsFarAsItGot() {
    History history;
    try (var kit = new BatonKit()) {
      kit.startWorker(recorded);
      kit.resonate().beginRpc("order-7", "buy", String.class, "tea");
      kit.pass(Duration.ofHours(1));
      history = kit.history("order-7");
    }
    var other =
        shop((Context context, String item) -> {
          context.effect("reserve", () -> {});
          context.rpc("price", Long.class, item);
          context.sleep(Duration.ofHours(3));
          context.effect("something else", charged::incrementAndGet);
          return item;
        });

    assertThat(first(history, recorded)).isEqualTo("none");
    assertThat(first(history, other)).isEqualTo("none");
    assertThat(first(history, shop((Context context, String item) -> item)))
        .startsWith("step 1 of order-7 'buy' (order-7.1), run 'reserve', is gone");
    assertThat(charged).hasValue(0);
  }

  @Test
  void retriesNestedStepsAndThoseBesideOneAnotherGoTheSameWay() {
    var tries = new AtomicInteger();
    Consumer<Resonate> code =
        it ->
            it.register(
                "all",
                (Context context) -> {
                  var left =
                      context.beginSteps(
                          "left",
                          Integer.class,
                          inner -> {
                            int a = inner.step("a", () -> 1);
                            return a + inner.step("b", () -> 2);
                          });
                  var right =
                      context
                          .with(
                              Options.defaults()
                                  .retry(RetryPolicy.constant(Duration.ofMinutes(1), 3)))
                          .beginSteps(
                              "right",
                              Integer.class,
                              inner -> {
                                int c = inner.step("c", tries::incrementAndGet);
                                if (c < 3) {
                                  throw new IOException("not yet");
                                }
                                return c;
                              });
                  var first = context.select(List.of(left, right));
                  var decision =
                      context.promise("decision", String.class, null, Duration.ofHours(1));
                  String id = context.detached("mail", first);
                  return decision.result() + left.result() + right.result() + id.length();
                });
    History history;
    try (var kit = new BatonKit()) {
      kit.startWorker(code);
      kit.startWorker(it -> it.register("mail", (Integer first) -> first));
      var handle = kit.resonate().beginRpc("a", "all", String.class);
      kit.pass(Duration.ofMinutes(5));
      kit.resonate().promise("a", "decision", String.class).resolve("yes");
      assertThat(handle.result()).startsWith("yes33");
      history = kit.history("a");
    }

    assertThat(first(history, code)).isEqualTo("none");
    assertThat(tries).hasValue(3);
    Consumer<Resonate> changed =
        it ->
            it.register(
                "all",
                (Context context) -> {
                  var left =
                      context.beginSteps(
                          "left",
                          Integer.class,
                          inner -> {
                            int a = inner.step("a", () -> 1);
                            return a + inner.step("x", () -> 2);
                          });
                  return left.result();
                });
    assertThat(first(history, changed))
        .isEqualTo(
            "step 2 of a.1 'left' (a.1.2) was run 'b' when it was recorded, and is now run 'x'"
                + NOT_WITH);
  }

  @Test
  void whatIsEncryptedIsComparedByWhatItHolds() {
    var codec =
        EncryptedCodec.of(JacksonCodec.lossless(), "k1", new SecretKeySpec(new byte[32], "AES"));
    History history;
    try (var kit = new BatonKit()) {
      kit.worker().with(it -> it.withCodec(codec)).start(recorded);
      var client = kit.worker().of("clients").with(it -> it.withCodec(codec)).start(it -> {});
      client
          .resonate()
          .with(Options.target("default"))
          .beginRpc("order-7", "buy", String.class, "tea")
          .result();
      history = kit.history("order-7");
    }

    assertThat(Replay.of(history).with(it -> it.withCodec(codec)).difference(recorded)).isEmpty();
  }

  @Test
  void aFileHoldsAHistory(@TempDir Path folder) throws IOException {
    var file = folder.resolve("order-7.json");
    try (var kit = new BatonKit()) {
      kit.startWorker(recorded);
      kit.resonate().beginRpc("order-7", "buy", String.class, "tea").result();
      kit.export("order-7", file);
    }

    assertThat(Files.readString(file))
        .startsWith(
            "{\"format\":\"baton-history\",\"version\":1,\"root\":\"order-7\",\"exportedAt\":");
    assertThat(Replay.of(file).difference(recorded)).isEmpty();
    Files.writeString(file, "{\"format\":\"baton-history\",\"version\":2}");
    assertThatThrownBy(() -> Replay.of(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ": its version is 2, and this program reads version 1");
    Files.writeString(file, "{\"format\":\"something\",\"version\":1}");
    assertThatThrownBy(() -> Replay.of(file))
        .hasMessage(file + ": it is no recorded history: `format` is something, not baton-history");
    Files.writeString(file, "no JSON");
    assertThatThrownBy(() -> Replay.of(file)).hasMessageContaining("it is no recorded history");
  }
}
