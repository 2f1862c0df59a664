package dev.baton.cli;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** {@code promises}. */
final class PromiseCommands {

  private PromiseCommands() {}

  static void addTo(CommandSpec promises) {
    ClientCommands.add(
        promises,
        Verb.of("get", "shows a promise")
            .argument("ID", "the promise")
            .sends(given -> new PromiseRequest.Get(given.argument(0))),
        Verb.of("create", "creates a promise, or shows the one that has the id already")
            .argument("ID", "the promise")
            .required("--timeout", "DURATION", "how long it may take")
            .option("--param", "JSON", "what it carries: {\"headers\": {…}, \"data\": …}")
            .option("--tags", "JSON", "an object of strings")
            .sends(given -> create(given, given.argument(0))),
        settle("resolve", PromiseRecord.State.RESOLVED),
        settle("reject", PromiseRecord.State.REJECTED),
        settle("cancel", PromiseRecord.State.REJECTED_CANCELED),
        Verb.of("search", "lists promises by id")
            .option("--state", "STATE", "pending, resolved, rejected, …")
            .option("--tags", "JSON", "tags that they all have")
            .option(List.of("--limit"), "N", "how many, at most 1000", "100")
            .option("--cursor", "ID", "only ids after this one")
            .sends(given ->
                new PromiseRequest.Search(
                    state(given),
                    given.stringsOrNull("--tags"),
                    given.number("--limit"),
                    given.textOrNull("--cursor"))),
        Verb.of("register-callback", "lets a task be resumed when a promise settles")
            .argument("AWAITED", "the promise that is waited for")
            .argument("AWAITER", "the promise whose task waits")
            .sends(
                given -> new PromiseRequest.RegisterCallback(given.argument(0), given.argument(1))),
        Verb.of("register-listener", "lets a message be sent when a promise settles")
            .argument("AWAITED", "the promise")
            .argument("ADDRESS", "whom to tell, such as poll://uni@group/id or http://…")
            .sends(given ->
                new PromiseRequest.RegisterListener(given.argument(0), given.argument(1))));
  }

  static PromiseRequest.Create create(Arguments given, String id) {
    return new PromiseRequest.Create(
        id, given.fromNow("--timeout"), Values.of(given, "--param"), given.strings("--tags"));
  }

  private static CommandSpec settle(String name, PromiseRecord.State state) {
    return Verb.of(name, name + "s a promise, or shows how it has been settled already")
        .argument("ID", "the promise")
        .option("--value", "JSON", "what it is settled with: {\"headers\": {…}, \"data\": …}")
        .sends(given ->
            new PromiseRequest.Settle(given.argument(0), state, Values.of(given, "--value")));
  }

  private static PromiseRecord.@Nullable State state(Arguments given) {
    String text = given.textOrNull("--state");
    PromiseRecord.State state = text == null ? null : PromiseRecord.State.ofWire(text);
    if (text != null && state == null) {
      throw given.wrong(
          "--state",
          "must be pending, resolved, rejected, rejected_canceled or rejected_timedout, not '"
              + text
              + "'");
    }
    return state;
  }
}
