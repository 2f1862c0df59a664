package dev.baton.server.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.Cron;
import dev.baton.server.http.JsonAnswers;
import dev.baton.server.http.Path;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When a cron expression is due next, for who is about to make a schedule. */
final class CronTimes {

  private static final int SHOWN = 5;
  private static final int LONGEST = 1_000;

  /** The end of the year 9999. */
  private static final long LAST_INSTANT = 253_402_300_799_999L;

  private CronTimes() {}

  /**
   * Answers.
   *
   * @param now epoch milliseconds
   */
  static void answer(HttpServerRequest request, long now) {
    String expression = Path.parameter(request, "expression");
    if (expression == null || expression.length() > LONGEST) {
      JsonAnswers.refuse(
          request, 400, "expression must be given, with at most " + LONGEST + " characters");
      return;
    }
    String from = Path.parameter(request, "from");
    Long after = from == null ? Long.valueOf(now) : instant(from);
    if (after == null) {
      JsonAnswers.refuse(request, 400, "from must be epoch milliseconds, not '" + from + "'");
      return;
    }
    List<Long> instants = Cron.instants(expression, after, SHOWN);
    if (instants == null) {
      JsonAnswers.refuse(request, 400, "expression is no cron expression: '" + expression + "'");
      return;
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode next = node.putArray("next");
    instants.forEach(next::add);
    JsonAnswers.write(request.response(), 200, Buffer.buffer(node.toString()));
  }

  private static @Nullable Long instant(String text) {
    try {
      long instant = Long.parseLong(text);
      return instant >= 0 && instant <= LAST_INSTANT ? instant : null;
    } catch (NumberFormatException _) {
      return null;
    }
  }
}
