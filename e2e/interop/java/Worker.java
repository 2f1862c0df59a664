import dev.baton.sdk.Context;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import java.time.Duration;
import java.util.Map;

/** A worker. See ../README.md for what every worker offers and prints. */
final class Worker {

  private Worker() {}

  public static void main(String[] arguments) {
    try (var resonate = Resonate.connect(Settings.fromEnvironment())) {
      resonate.register("work", Worker::work);
      resonate.register("factorial", Worker::factorial);
      resonate.register("nap", Worker::nap);
      resonate.register("approval", Worker::approval);
      resonate.register("echo", Worker::echo);
      resonate.serve();
    }
  }

  static Map<String, Object> work(Context context, String label, long ms)
      throws InterruptedException {
    Program.emit("start", "work", context.id(), label, null);
    Thread.sleep(Duration.ofMillis(ms));
    Program.emit("end", "work", context.id(), label, null);
    return Map.of("worker", Program.PID, "label", label);
  }

  static Object echo(String label, Object value) {
    return value;
  }

  static long factorial(Context context, String label, long n) {
    Program.emit("start", "factorial", context.id(), label, n);
    return n <= 1 ? 1 : n * context.rpc("factorial", Long.class, label, n - 1);
  }

  static Map<String, Object> nap(Context context, String label, long ms) {
    Program.emit("start", "nap", context.id(), label, null);
    context.sleep(Duration.ofMillis(ms));
    Program.emit("end", "nap", context.id(), label, null);
    return Map.of("worker", Program.PID, "label", label);
  }

  static Map<String, Object> approval(Context context, String label, long n) {
    Program.emit("start", "approval", context.id(), label, null);
    var promise = context.promise(Object.class);
    Program.emit("promise", "approval", context.id(), label, promise.id());
    return Map.of("worker", Program.PID, "decision", promise.result());
  }
}
