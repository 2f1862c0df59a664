import com.fasterxml.jackson.core.JsonProcessingException;
import dev.baton.sdk.Handle;
import dev.baton.sdk.Options;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.Settings;
import java.util.LinkedHashMap;
import java.util.Map;

/** A client. See ../README.md for what every client accepts and prints. */
final class Client {

  record Call(String id, String function, Object[] args) {}

  private Client() {}

  public static void main(String[] arguments) throws JsonProcessingException {
    try (var resonate = Resonate.connect(Settings.fromEnvironment().withGroup("interop-clients"))) {
      switch (arguments[0]) {
        case "call" ->
            call(resonate, arguments[1], Program.JSON.readValue(arguments[2], Call[].class));
        case "values" -> Values.check(resonate.with(Options.target(arguments[1])), arguments[2]);
        case "settle" ->
            resonate
                .promises()
                .resolve(arguments[1], Program.JSON.readValue(arguments[2], Object.class));
        case "schedule" -> {
          var call = Program.JSON.readValue(arguments[4], Call.class);
          var options = Options.target(arguments[3]);
          resonate
              .schedules()
              .create(arguments[1], arguments[2], options, call.function(), call.args());
        }
        case "unschedule" -> resonate.schedules().delete(arguments[1]);
        default -> throw new IllegalArgumentException("Unknown command " + arguments[0]);
      }
    }
  }

  /** Begins every call before it waits for the first. */
  private static void call(Resonate resonate, String group, Call[] calls) {
    var caller = resonate.with(Options.target(group));
    var handles = new LinkedHashMap<String, Handle<Object>>();
    for (var call : calls) {
      handles.put(
          call.id(), caller.beginRpc(call.id(), call.function(), Object.class, call.args()));
    }
    handles.forEach((id, handle) -> {
      try {
        var line = new LinkedHashMap<String, Object>();
        line.put("id", id);
        line.put("result", handle.result());
        Program.print(line);
      } catch (ResonateException e) {
        Program.print(Map.of("id", id, "error", e.toString()));
      }
    });
  }
}
