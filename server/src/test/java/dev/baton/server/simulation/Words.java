package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.Task;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Response;
import java.util.stream.Collectors;

/** Says in a line what happened. */
final class Words {

  private Words() {}

  static String of(Message message) {
    return switch (message) {
      case Message.Execute(_, String id, long version) -> "execute " + id + " at " + version;
      case Message.Unblock(PromiseRecord promise) ->
          "unblock " + promise.id() + " " + promise.state().wire();
      case Message.Settled(String id, long version) -> "settled " + id + " at " + version;
    };
  }

  static String of(Response response) {
    return switch (response.body()) {
      case Response.Failure(String text) -> response.status() + " " + text;
      case Response.OfPromise(PromiseRecord promise) ->
          response.status() + " " + promise.id() + " is " + promise.state().wire();
      case Response.Acquired acquired ->
          "%d %s is %s at %d"
              .formatted(
                  response.status(),
                  acquired.task().id(),
                  acquired.task().state().wire(),
                  acquired.task().version());
      case Response.Fenced fenced -> response.status() + " fenced: " + of(fenced.action());
      default -> Integer.toString(response.status());
    };
  }

  static String of(Command command, Outcome outcome) {
    String what =
        command instanceof Command.Client(var request) ? request.toString() : command.toString();
    String changes =
        outcome.changes().stream().map(Words::of).collect(Collectors.joining("; ", " => ", ""));
    return "decide " + what + " => " + of(outcome.response()) + changes;
  }

  private static String of(Change change) {
    return switch (change) {
      case Change.PutPromise(_, Promise after) -> after.id() + " " + after.state();
      case Change.PutTask(_, Task after) ->
          "task " + after.id() + " v" + after.version() + " " + after.state();
      default -> change.toString();
    };
  }
}
