package dev.baton.kubectl;

import dev.baton.cli.CallTree;
import dev.baton.cli.Inquiry;
import dev.baton.protocol.Printable;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.why.GroupFacts;
import dev.baton.protocol.why.GroupFacts.WorkerFacts;
import dev.baton.protocol.why.Why;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands that ask. */
final class Commands {

  private Commands() {}

  /** A command that asks one server. */
  abstract static class Asking implements Runnable {
    @Mixin Options options = new Options();
    @Spec @Nullable CommandSpec spec;

    @Override
    public final void run() {
      try (Session session = Session.open(options)) {
        ask(session, Objects.requireNonNull(spec, "set by picocli").commandLine().getOut());
      }
    }

    abstract void ask(Session session, PrintWriter out);

    /** Says so where the server knows nothing of a group: it may be one that is yet to come. */
    final void hint(String asked, List<String> groups) {
      if (!groups.contains(asked)) {
        Objects.requireNonNull(spec, "set by picocli")
            .commandLine()
            .getErr()
            .println(
                Printable.of(
                    "The server knows nothing of a group %s; %s."
                        .formatted(
                            asked,
                            groups.isEmpty()
                                ? "it knows of none"
                                : "it knows of " + String.join(", ", groups))));
      }
    }
  }

  @Command(name = "groups", description = "shows what waits and what runs in each group")
  static final class Groups extends Asking {

    @Override
    void ask(Session session, PrintWriter out) {
      List<GroupFacts> groups = session.groups(options);
      if (options.isJson()) {
        out.println(Json.text(groups));
        return;
      }
      Table table = new Table("GROUP", "WORKERS", "WAITING", "OLDEST", "IN-FLIGHT", "SUSPENDED");
      for (GroupFacts group : groups) {
        table.row(
            group.group(),
            group.workers().size(),
            group.ready(),
            group.ready() == 0 ? "-" : Math.round(group.oldestReadySeconds()) + "s",
            group.inFlight(),
            group.suspended());
      }
      table.lines().forEach(out::println);
    }
  }

  @Command(name = "workers", description = "shows the connected workers and how busy they are")
  static final class Workers extends Asking {
    @Parameters(arity = "0..1", paramLabel = "GROUP", description = "of this group only")
    @Nullable String group;

    @Override
    void ask(Session session, PrintWriter out) {
      long now = System.currentTimeMillis();
      List<Map<String, @Nullable Object>> rows = new ArrayList<>();
      Table table =
          new Table("GROUP", "WORKER", "LOAD", "SLOTS", "DRAINING", "CONNECTED", "ADDRESS");
      List<GroupFacts> groups = session.groups(options);
      if (group != null) {
        hint(group, groups.stream().map(GroupFacts::group).toList());
      }
      for (GroupFacts each : groups) {
        for (WorkerFacts worker : each.workers()) {
          if (group == null || group.equals(each.group())) {
            rows.add(row(each.group(), worker));
            table.row(
                each.group(),
                worker.pid(),
                worker.load(),
                worker.slots() == null ? "unlimited" : worker.slots(),
                worker.draining() ? "yes" : "no",
                (now - worker.connectedAt()) / 1000 + "s",
                worker.address());
          }
        }
      }
      if (options.isJson()) {
        out.println(Json.text(rows));
      } else {
        table.lines().forEach(out::println);
      }
    }

    private static Map<String, @Nullable Object> row(String group, WorkerFacts worker) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("group", group);
      row.put("pid", worker.pid());
      row.put("address", worker.address());
      row.put("load", worker.load());
      row.put("slots", worker.slots());
      row.put("draining", worker.draining());
      row.put("connectedAt", worker.connectedAt());
      return row;
    }
  }

  @Command(name = "tree", description = "draws who called whom, under a promise")
  static final class Tree extends Asking {
    @Parameters(paramLabel = "PROMISE", description = "the root of the calls")
    String promise = "";

    @Override
    void ask(Session session, PrintWriter out) {
      List<PromiseRecord> promises = new Inquiry(session.server()).tree(promise);
      if (options.isJson()) {
        out.println(Json.text(promises.stream().map(Tree::row).toList()));
      } else {
        CallTree.of(promises).lines().forEach(line -> out.println(Printable.of(line)));
      }
    }

    private static Map<String, @Nullable Object> row(PromiseRecord promise) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("id", promise.id());
      row.put("parent", promise.tags().get(Tags.PARENT));
      row.put("state", promise.state().wire());
      row.put("target", promise.tags().get(Tags.TARGET));
      row.put("createdAt", promise.createdAt());
      row.put("settledAt", promise.settledAt());
      return row;
    }
  }

  @Command(name = "why", description = "says in a sentence why a promise is not being worked on")
  static final class WhyNot extends Asking {
    @Parameters(paramLabel = "PROMISE", description = "the promise")
    String promise = "";

    @Override
    void ask(Session session, PrintWriter out) {
      Why.Facts facts = new Inquiry(session.server()).facts(promise, System.currentTimeMillis());
      Why why = Why.of(facts);
      Cluster cluster = session.cluster();
      GroupFacts group = facts.group();
      String sentence =
          cluster == null || group == null
              ? why.sentence()
              : Staffing.explain(why, cluster.namespace(), group.group(), cluster.workerGroups());
      if (options.isJson()) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("id", promise);
        result.put("cause", why.cause().name().toLowerCase(Locale.ROOT));
        result.put("sentence", sentence);
        out.println(Json.text(result));
      } else {
        out.println(Printable.of(sentence));
      }
    }
  }
}
