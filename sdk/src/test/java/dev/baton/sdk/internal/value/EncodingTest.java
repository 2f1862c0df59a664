package dev.baton.sdk.internal.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.protocol.Value;
import dev.baton.sdk.EncodingException;
import dev.baton.sdk.GenericType;
import dev.baton.sdk.JacksonCodec;
import dev.baton.sdk.Options;
import dev.baton.sdk.RemoteException;
import dev.baton.sdk.RetryPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the values of the other SDKs look like was read off their public packages. */
class EncodingTest {

  private static final Values VALUES = new Values(JacksonCodec.lossless());

  record Order(String item, int count) {}

  @Test
  void callIsWrittenAsTheCommandLineAndTheOtherSdksWriteIt() {
    var value =
        Call.encode(VALUES, "buy", new Object[] {new Order("pen", 2), "x", 1}, Options.defaults());
    assertThat(json(value))
        .isEqualTo(
            "{\"func\":\"buy\",\"args\":[{\"item\":\"pen\",\"count\":2},\"x\",1],\"version\":1,"
                + "\"retry\":{\"type\":\"never\",\"data\":{}}}");
    assertThat(value.headers()).isNull();
  }

  @Test
  void callOfTypeScriptIsRead() {
    var call =
        Call.decode(
            VALUES,
            value(
                "{\"func\":\"f\",\"args\":[1],\"retry\":{\"type\":\"exponential\",\"data\":{\"delay\":5,"
                    + "\"factor\":2,\"maxRetries\":9007199254740991,\"maxDelay\":30000}},\"version\":1}"));
    assertThat(call.function()).isEqualTo("f");
    assertThat(call.retry())
        .isEqualTo(
            new RetryPolicy.Exponential(
                Duration.ofMillis(5), 2, Duration.ofSeconds(30), RetryPolicy.UNLIMITED));
  }

  @Test
  void callOfPythonIsRead() {
    var call =
        Call.decode(VALUES, value("{\"args\":[1,2],\"kwargs\":{},\"func\":\"f\",\"version\":1}"));
    assertThat(call.arguments()).hasSize(2);
    assertThat(call.retry()).isEqualTo(RetryPolicy.never());
  }

  @Test
  void keywordArgumentsOfPythonAreRefused() {
    assertThatThrownBy(
            () -> Call.decode(VALUES, value("{\"args\":[],\"kwargs\":{\"n\":1},\"func\":\"f\"}")))
        .isInstanceOf(EncodingException.class)
        .hasMessageContaining("keyword arguments");
  }

  @Test
  void bareArgumentOfRustIsOneArgument() {
    assertThat(Call.decode(VALUES, value("{\"func\":\"f\",\"args\":7}")).arguments())
        .singleElement()
        .isEqualTo(new byte[] {'7'});
    assertThat(Call.decode(VALUES, value("{\"func\":\"f\",\"args\":null}")).arguments()).isEmpty();
  }

  @Test
  void paramThatIsNoCallIsRefused() {
    assertThatThrownBy(() -> Call.decode(VALUES, Value.EMPTY))
        .isInstanceOf(EncodingException.class);
    assertThatThrownBy(() -> Call.decode(VALUES, Value.ofData("!!")))
        .hasMessageContaining("not base64 of JSON");
  }

  @Test
  void everyRetryPolicySurvivesTheWire() {
    var delay = Duration.ofMillis(3);
    for (var policy :
        List.of(
            RetryPolicy.never(),
            RetryPolicy.constant(delay, 1),
            RetryPolicy.linear(delay, RetryPolicy.UNLIMITED),
            new RetryPolicy.Exponential(delay, 1.5, Duration.ofMinutes(1), 9))) {
      assertThat(RetryJson.read(RetryJson.write(policy))).isEqualTo(policy);
    }
  }

  @Test
  void aPauseMayBeAsLongAsADurationCanBe() {
    var forever = ChronoUnit.FOREVER.getDuration();
    for (var policy :
        List.of(
            RetryPolicy.constant(forever, 1),
            RetryPolicy.linear(forever, 1),
            RetryPolicy.exponential(Duration.ofSeconds(1), 1).withMaxDelay(forever))) {
      assertThat(RetryJson.read(RetryJson.write(policy)).delayBefore(1)).isPresent();
    }
  }

  @Test
  void aCallOfNoFunctionIsRefused() {
    assertThatThrownBy(() -> Call.encode(VALUES, " ", new Object[0], Options.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the name of the function that is called is blank");
  }

  @Test
  void nullIsNoData() {
    assertThat(VALUES.encode(null, "")).isEqualTo(Value.EMPTY);
    for (var absent : List.of(Value.EMPTY, Value.ofData(""), value("null"))) {
      assertThat(VALUES.decode(absent, Order.class, "")).isNull();
    }
    assertThat(VALUES.decode(Value.EMPTY, new GenericType<Optional<String>>() {}.type(), ""))
        .isEqualTo(Optional.empty());
  }

  @Test
  void timesAndRecordsAndUnknownMembersAreRead() {
    var instant = Instant.parse("2026-11-24T10:00:00Z");
    assertThat(json(VALUES.encode(instant, ""))).isEqualTo("\"2026-11-24T10:00:00Z\"");
    assertThat(VALUES.decode(VALUES.encode(instant, ""), Instant.class, "")).isEqualTo(instant);
    assertThat(VALUES.decode(value("{\"item\":\"pen\",\"new\":1}"), Order.class, ""))
        .isEqualTo(new Order("pen", 0));
  }

  @Test
  void valueThatDoesNotFitSaysSo() {
    assertThatThrownBy(() -> VALUES.decode(value("\"text\""), Order.class, "the value of a"))
        .isInstanceOf(EncodingException.class)
        .hasMessageStartingWith("the value of a is no ")
        .hasMessageContaining("Order");
    assertThatThrownBy(() -> VALUES.decode(Value.EMPTY, int.class, "argument 1 of f"))
        .hasMessage("argument 1 of f is null, not int");
  }

  @Test
  void valueWithoutJsonFormSaysSo() {
    assertThatThrownBy(() ->
            VALUES.encode(
                new Object() {
                  @SuppressWarnings("unused")
                  public Object getSelf() {
                    return this;
                  }
                },
                "the result of a"))
        .isInstanceOf(EncodingException.class)
        .hasMessageStartingWith("the result of a");
  }

  @Test
  void failureHasTheFormOfTheOtherSdks() {
    assertThat(json(Failures.encode(VALUES, new IllegalStateException("boom"))))
        .startsWith(
            "{\"__type\":\"error\",\"name\":\"java.lang.IllegalStateException\",\"message\":\"boom\",\"stack\":\"java.lang.IllegalStateException:"
                + " boom\\n\\tat ");
    assertThat(json(Failures.encode(VALUES, new RemoteException("a", "TypeError", "no"))))
        .contains("TypeError", "\"no\"");
  }

  @Test
  void failuresOfOtherSdksAreRead() {
    var typescript =
        Failures.decode(
            VALUES,
            "a",
            value(
                "{\"__type\":\"error\",\"message\":\"m\",\"stack\":\"s\",\"name\":\"TypeError\"}"));
    assertThat(typescript.typeName()).isEqualTo("TypeError");
    assertThat(typescript).hasMessage("a failed with TypeError: m");
    var python =
        Failures.decode(
            VALUES,
            "a",
            value("{\"__type\":\"error\",\"message\":\"m\",\"__py_pickle\":\"gA==\"}"));
    assertThat(python.typeName()).isEqualTo("Error");
    assertThat(python.remoteMessage()).isEqualTo("m");
  }

  @Test
  void anythingThatAPromiseWasRejectedWithIsAFailure() {
    assertThat(Failures.decode(VALUES, "a", value("\"no\"")).remoteMessage()).isEqualTo("no");
    assertThat(Failures.decode(VALUES, "a", value("[1]")).remoteMessage()).isEqualTo("[1]");
    assertThat(Failures.decode(VALUES, "a", Value.EMPTY)).hasMessage("a failed with Error");
    assertThat(Failures.decode(VALUES, "a", Value.ofData("not base64!")).remoteMessage())
        .isEqualTo("not base64!");
  }

  private static Value value(String json) {
    return Value.ofData(Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8)));
  }

  private static String json(Value value) {
    return VALUES.text(value);
  }
}
