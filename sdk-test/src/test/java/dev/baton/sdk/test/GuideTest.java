package dev.baton.sdk.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.sdk.Context;
import dev.baton.sdk.Options;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.RetryPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The code of the guide is this code, and does what the guide says. */
final class GuideTest {

  private static final Path GUIDE = Path.of("../docs/guides/test-java-workflows.md");
  private static final Path SOURCE = Path.of("src/test/java/dev/baton/sdk/test/GuideTest.java");

  interface Stock {
    void reserve(String item, int count);
  }

  interface Bank {
    String charge(String item, int count) throws IOException;
  }

  interface Mail {
    void send(String text);
  }

  private static final Stock STOCK = (item, count) -> {};
  private static final Bank BANK = (item, count) -> "receipt for " + count + " " + item;
  private static final Mail MAIL = text -> {};

  static final class Shop {
    static String buy(Context context, String item, int count) {
      context.effect("reserve", () -> STOCK.reserve(item, count));
      if (count > 100) {
        String answer =
            context.promise("approval", String.class, item, Duration.ofDays(3)).result();
        if (!answer.equals("yes")) {
          return "refused";
        }
      }
      var patient =
          context.with(Options.defaults().retry(RetryPolicy.exponential(Duration.ofMinutes(1), 5)));
      String receipt = patient.step("charge", () -> BANK.charge(item, count));
      context.sleep(Duration.ofDays(7));
      context.effect("remind", () -> MAIL.send("How is your " + item + "?"));
      return receipt;
    }
  }

  @BatonTest
  void theCustomerIsRemindedAfterAWeek(BatonKit kit, Resonate resonate) {
    kit.startWorker(it -> it.register("buy", Shop::buy));

    var order =
        resonate
            .with(Options.defaults().timeout(Duration.ofDays(30)))
            .beginRpc("order-7", "buy", String.class, "kettle", 1);

    assertThat(order.result()).isEqualTo("receipt for 1 kettle");
    assertThat(kit.passed()).isEqualTo(Duration.ofDays(7));
    assertThat(kit.runs("remind")).isEqualTo(1);
  }

  @BatonTest
  void anOrderThatNobodyApprovesWaits(BatonKit kit, Resonate resonate) {
    kit.startWorker(it -> it.register("buy", Shop::buy));
    var order =
        resonate
            .with(Options.defaults().timeout(Duration.ofDays(30)))
            .beginRpc("order-8", "buy", String.class, "kettle", 500);

    kit.pass(Duration.ofDays(2));
    assertThat(order.isDone()).isFalse();
    resonate.promise("order-8", "approval", String.class).resolve("no");

    assertThat(order.result()).isEqualTo("refused");
  }

  @BatonTest
  void theBankIsAwayForAMoment(BatonKit kit, Resonate resonate) {
    kit.startWorker(it -> it.register("buy", Shop::buy));
    kit.fail("charge", 2, () -> new IOException("the bank is away"));
    var order = resonate.beginRpc("order-9", "buy", String.class, "kettle", 1);

    kit.pass(Duration.ofMinutes(10));

    assertThat(kit.runs("charge")).isEqualTo(3);
    assertThat(kit.runs("reserve")).isEqualTo(1);
    assertThat(order.isDone()).isFalse(); // It sleeps now.
  }

  @BatonTest
  void aWorkerDiesAfterItHasCharged(BatonKit kit, Resonate resonate) {
    kit.worker().named("first").start(it -> it.register("buy", Shop::buy));
    kit.killWorkerAfter("charge");
    resonate.beginRpc("order-10", "buy", String.class, "kettle", 1);
    kit.settle();
    kit.worker().named("second").start(it -> it.register("buy", Shop::buy));

    kit.pass(Duration.ofSeconds(5));

    assertThat(kit.runs("charge")).isEqualTo(2); // So a charge must bear to be made twice.
  }

  @BatonTest
  void whatCannotFinishFailsAsTheGuideShows(BatonKit kit, Resonate resonate) throws IOException {
    kit.startWorker(it -> it.register("bye", () -> 1));
    var order = resonate.beginRpc("order-11", "buy", String.class);

    assertThatThrownBy(order::result)
        .satisfies(e -> assertThat(Files.readString(GUIDE)).contains(e.toString()));
  }

  @Test
  void callsThatAreUnderWayGoOn() {
    Replay.of(Path.of("src/test/resources/order-7.json"))
        .against(it -> it.register("buy", Shop::buy));
  }

  @Test
  void codeThatDiffersFailsAsTheGuideShows() throws IOException {
    var replay = Replay.of(Path.of("src/test/resources/order-7.json"));

    assertThatThrownBy(() ->
            replay.against(it ->
                it.register(
                    "buy",
                    (Context context, String item, Integer n) -> {
                      context.effect("reserve", () -> {});
                      context.effect("audit", () -> {});
                      return item;
                    })))
        .satisfies(e -> assertThat(Files.readString(GUIDE)).contains(e.toString()));
  }

  @Test
  void buyIsDeterministic() {
    Determinism.check(it -> it.register("buy", Shop::buy), "buy", "kettle", 1);
  }

  @Test
  void theGuidesCodeIsThisCode() throws IOException {
    var source = withoutSpace(Files.readString(SOURCE));
    var blocks = blocks(Files.readString(GUIDE));

    assertThat(blocks).hasSizeGreaterThanOrEqualTo(6);
    for (String block : blocks) {
      assertThat(source).contains(withoutSpace(block));
    }
  }

  private static List<String> blocks(String markdown) {
    var blocks = new ArrayList<String>();
    int from = 0;
    while ((from = markdown.indexOf("```java\n", from)) >= 0) {
      int end = markdown.indexOf("```\n", from + 1);
      blocks.add(markdown.substring(from + "```java\n".length(), end));
      from = end;
    }
    return blocks;
  }

  /** The formatter breaks lines as it likes. */
  private static String withoutSpace(String code) {
    return code.replaceAll("\\s", "");
  }
}
