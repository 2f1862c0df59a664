package dev.baton.guides;

// @start region="program"
import dev.baton.sdk.Context;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import java.time.Duration;
import java.time.LocalTime;

/** A worker that is also its own client: it calls {@code count} and waits for the result. */
public final class FirstCall {

  /** Counts to ten, a second each; each number is a step, so none is counted twice. */
  static String count(Context context, String who) {
    for (int number = 1; number <= 10; number++) {
      int current = number;
      context.effect("say " + current, () -> say(who + " counts " + current));
      context.sleep(Duration.ofSeconds(1));
    }
    return who + " has counted to ten";
  }

  static void say(String text) {
    System.out.println(LocalTime.now().withNano(0) + " " + text);
  }

  public static void main(String[] args) {
    try (var resonate = Resonate.connect(Settings.fromEnvironment())) {
      resonate.register("count", FirstCall::count).start();
      // The id names the call: started again, this program finds the call that it began before.
      say(resonate.rpc("count-1", "count", String.class, "Ada"));
    }
  }
}
// @end
