import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;

/** What the programs of this folder share: how they print a line. */
final class Program {

  static final ObjectMapper JSON = new ObjectMapper();
  static final String PID = System.getenv("RESONATE_PID");

  private Program() {}

  static void emit(String event, String function, String id, String label, Object detail) {
    var line = new LinkedHashMap<String, Object>();
    line.put("event", event);
    line.put("function", function);
    line.put("id", id);
    line.put("label", label);
    line.put("detail", detail);
    line.put("worker", PID);
    line.put("at", System.currentTimeMillis());
    print(line);
  }

  static void print(Object line) {
    try {
      System.out.println(JSON.writeValueAsString(line));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("No JSON form: " + line, e);
    }
  }
}
