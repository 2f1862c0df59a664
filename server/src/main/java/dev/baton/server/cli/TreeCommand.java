package dev.baton.server.cli;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** {@code tree}: draws who called whom. */
final class TreeCommand {

  private static final long PAGE = 1_000;

  private TreeCommand() {}

  static CommandSpec create(String name, String description) {
    return Verb.of(name, description)
        .argument("ID", "the root of the calls")
        .runs((given, remote, out) -> draw(given.argument(0), remote, out));
  }

  private static void draw(String root, Remote remote, PrintWriter out) {
    Answer answer = remote.call(new PromiseRequest.Get(root));
    answer.requireSuccess();
    List<PromiseRecord> promises = new ArrayList<>();
    if (answer.response().body() instanceof Response.OfPromise(PromiseRecord promise)) {
      promises.add(promise);
    }
    String cursor = null;
    do {
      Answer page =
          remote.call(new PromiseRequest.Search(null, Map.of(Tags.ORIGIN, root), PAGE, cursor));
      page.requireSuccess();
      cursor = null;
      if (page.response().body() instanceof Response.PromisePage(var found, var next)) {
        found.stream().filter(each -> !each.id().equals(root)).forEach(promises::add);
        cursor = next;
      }
    } while (cursor != null);
    CallTree.of(promises).lines().forEach(out::println);
  }
}
