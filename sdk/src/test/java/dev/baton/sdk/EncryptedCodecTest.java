package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.PromiseRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EncryptedCodecTest {

  private static final String SECRET = "only-for-those-who-have-the-key";

  private static SecretKey key(int seed) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) seed;
    return new SecretKeySpec(bytes, "AES");
  }

  private static EncryptedCodec codec() {
    return EncryptedCodec.of(JacksonCodec.lossless(), "k1", key(1));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatIsSealedIsOpenedAndNeverTwiceTheSame() throws IOException {
    byte[] json = utf8("{\"a\":\"" + SECRET + "\"}");
    byte[] sealed = codec().seal(json);
    assertThat(new String(sealed, StandardCharsets.UTF_8)).doesNotContain(SECRET);
    assertThat(codec().open(sealed)).isEqualTo(json);
    assertThat(codec().seal(json)).isNotEqualTo(sealed);
  }

  @Test
  void keysAreChangedWithoutLosingWhatIsStored() throws IOException {
    byte[] json = utf8("[1]");
    byte[] old = codec().seal(json);
    var ready = codec().withOldKey("k2", key(2));
    var changed = codec().withKey("k2", key(2));
    assertThat(changed.open(old)).isEqualTo(json);
    assertThat(ready.open(changed.seal(json))).isEqualTo(json);
    assertThatThrownBy(() -> codec().open(changed.seal(json)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'k2', which is not here");
  }

  @Test
  void whatWasTamperedWithIsRefusedAndWhatIsPlainIsRead() throws IOException {
    String sealed = new String(codec().seal(utf8("[1,2,3]")), StandardCharsets.UTF_8);
    int at = sealed.indexOf("data") + 20;
    char other = sealed.charAt(at) == 'A' ? 'B' : 'A';
    for (String odd :
        List.of(
            sealed.substring(0, at) + other + sealed.substring(at + 1),
            "{\"@sealed\":\"k1\",\"data\":\"\"}",
            "{\"@sealed\":\"k1\",\"data\":\"?\"}")) {
      assertThatThrownBy(() -> codec().open(utf8(odd)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("it is not what was encrypted with key 'k1'");
    }
    for (String plain : List.of("1", "{}", "null", "{\"@sealed\":1}")) {
      assertThat(codec().open(utf8(plain))).isEqualTo(utf8(plain));
    }
    assertThatThrownBy(() -> codec().withKey(" ", key(1))).hasMessageContaining("blank");
    assertThatThrownBy(() -> codec().withKey("k", new SecretKeySpec(new byte[5], "AES")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key k is none for AES");
  }

  @Test
  void storeHoldsNothingThatCanBeReadAndReplaysGoOn() {
    var runs = new AtomicInteger();
    try (var server = LiveServer.inMemory();
        var worker = Resonate.connect(server.settings("w1").withCodec(codec()));
        var client =
            Resonate.connect(server.settings("c").withGroup("clients").withCodec(codec()))) {
      worker.register("echo", (String text) -> text);
      worker.register(
          "flow",
          (Context context, String text) -> {
            runs.incrementAndGet();
            String here = context.call("echo", String.class, text);
            String there = context.rpc("echo", String.class, text);
            context.sleep(Duration.ofMillis(10)); // and again from the beginning
            context.promise("approval", String.class, text, Duration.ofHours(1)).result();
            try {
              context.effect(
                  "fail",
                  () -> {
                    throw new IllegalStateException(text);
                  });
            } catch (RemoteException e) {
              return here + there + e.remoteMessage();
            }
            return "";
          });
      worker.start();
      Handle<String> call =
          client.with(Options.target("workers")).beginRpc("a", "flow", String.class, SECRET);
      var approval = client.promise("a", "approval", String.class);
      await().ignoreExceptions().until(() -> SECRET.equals(approval.data(String.class)));
      assertThat(runs).as("replays").hasValueGreaterThan(1);
      assertThat(approval.resolve(SECRET).isWinner()).isTrue();
      assertThat(call.result()).isEqualTo(SECRET + SECRET + SECRET);
      assertThat(worker.promises().search(null, Map.of()))
          .hasSizeGreaterThan(5)
          .allSatisfy(promise -> assertThat(text(promise)).doesNotContain(SECRET));
      var stranger = server.client();
      assertThatThrownBy(() -> stranger.get("a", String.class).result())
          .isInstanceOf(EncodingException.class);
      stranger.close();
    }
  }

  private static String text(PromiseRecord promise) {
    return decoded(promise.param().data()) + decoded(promise.value().data());
  }

  private static String decoded(@Nullable String data) {
    return new String(
        Base64.getDecoder().decode(Objects.requireNonNullElse(data, "")), StandardCharsets.UTF_8);
  }
}
