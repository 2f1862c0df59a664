package outside;

import dev.baton.sdk.Context;
import dev.baton.sdk.Options;
import dev.baton.sdk.test.BatonKit;
import java.time.Duration;

/** A program that lets a week pass with the test kit, which needs no server and no JUnit. */
public final class Reminder {

  private Reminder() {}

  static String remind(Context context, String whom) {
    context.sleep(Duration.ofDays(7));
    return context.step("write", () -> whom + " is reminded");
  }

  /** Runs it. */
  public static void main(String[] arguments) {
    try (var kit = new BatonKit()) {
      kit.startWorker(resonate -> resonate.register("remind", Reminder::remind));
      var client = kit.resonate().with(Options.defaults().timeout(Duration.ofDays(30)));
      var reminder = client.beginRpc("remind-1", "remind", String.class, "Ada");
      kit.pass(Duration.ofDays(7));
      System.out.println(
          reminder.result()
              + " after "
              + kit.passed().toDays()
              + " days on Java "
              + Runtime.version().feature());
    }
  }
}
