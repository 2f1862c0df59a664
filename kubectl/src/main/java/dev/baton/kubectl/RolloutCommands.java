package dev.baton.kubectl;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.cli.CommandFailure;
import dev.baton.protocol.Printable;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintWriter;
import java.time.Duration;
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
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kubectl baton rollout}: how a new template reaches a WorkerGroup's workers. */
@Command(
    name = "rollout",
    description = "shows and steers how a new template reaches the workers of a WorkerGroup",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RolloutCommands.Status.class,
      RolloutCommands.History.class,
      RolloutCommands.Undo.class,
      RolloutCommands.Pause.class,
      RolloutCommands.Resume.class
    })
final class RolloutCommands {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  boolean isHelpAskedFor;

  /** A command about one WorkerGroup, which needs no server. */
  abstract static class OnGroup implements Runnable {
    @Mixin Options options = new Options();
    @Spec @Nullable CommandSpec spec;

    @Parameters(paramLabel = "WORKERGROUP", description = "the WorkerGroup, of the namespace")
    String name = "";

    @Override
    public final void run() {
      try (Cluster cluster = Cluster.of(options)) {
        act(cluster, Objects.requireNonNull(spec, "set by picocli").commandLine().getOut());
      }
    }

    abstract void act(Cluster cluster, PrintWriter out);

    void say(PrintWriter out, String sentence) {
      if (options.isJson()) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("workerGroup", name);
        result.put("done", sentence);
        out.println(Json.text(result));
      } else {
        out.println(Printable.of("workergroup " + name + ": " + sentence));
      }
    }
  }

  @Command(
      name = "status",
      description = {
        "waits until the workers are as the spec says, and tells how it goes on",
        "Ends with 1 when that has failed, or takes longer than --timeout."
      })
  static final class Status extends OnGroup {
    @Option(
        names = "--watch",
        negatable = true,
        defaultValue = "true",
        fallbackValue = "true",
        description = "whether to wait (default); --no-watch: only tell where it stands")
    boolean isWatching = true;

    @Option(
        names = "--timeout",
        paramLabel = "SECONDS",
        description = "how long to wait; 0, the default: as long as it takes")
    int timeoutSeconds;

    private String told = "";

    @Override
    void act(Cluster cluster, PrintWriter out) {
      if (timeoutSeconds < 0) {
        throw new ParameterException(
            Objects.requireNonNull(spec, "set by picocli").commandLine(),
            "--timeout must be 0 or more, not " + timeoutSeconds);
      }
      GroupState group = cluster.workerGroup(name);
      if (tell(group, out)) {
        return;
      }
      Duration limit = Duration.ofSeconds(timeoutSeconds);
      if (!cluster.follow(name, limit, changed -> tell(changed, out))) {
        throw new CommandFailure(
            "%s is not done after %d s: %s".formatted(name, timeoutSeconds, told));
      }
    }

    /** Returns whether there is nothing to wait for any more. */
    private boolean tell(GroupState group, PrintWriter out) {
      GroupState.Standing standing = group.standing();
      String sentence = group.sentence();
      boolean isOver =
          !isWatching
              || standing == GroupState.Standing.DONE
              || standing == GroupState.Standing.FAILED;
      if (options.isJson() && isOver) {
        out.println(Json.text(row(group)));
      } else if (!options.isJson() && !sentence.equals(told)) {
        out.println(Printable.of(sentence + "."));
        out.flush();
      }
      told = sentence;
      if (isWatching && standing == GroupState.Standing.FAILED) {
        throw new CommandFailure("the rollout of %s has failed".formatted(name));
      }
      return isOver;
    }

    private static Map<String, @Nullable Object> row(GroupState group) {
      Map<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("workerGroup", group.name());
      row.put("standing", group.standing().name().toLowerCase(Locale.ROOT));
      row.put("sentence", group.sentence());
      row.put("phase", group.status("/rollout/phase"));
      row.put("stable", group.status("/rollout/stable"));
      row.put("target", group.status("/rollout/target"));
      row.put("step", group.status("/rollout/step"));
      row.put("steps", group.status("/rollout/steps"));
      row.put("failure", group.status("/rollout/failure"));
      return row;
    }
  }

  @Command(name = "history", description = "shows the templates that the WorkerGroup has had")
  static final class History extends OnGroup {
    @Option(names = "--revision", paramLabel = "NAME", description = "shows that one in whole")
    @Nullable String revision;

    @Override
    void act(Cluster cluster, PrintWriter out) {
      GroupState group = cluster.workerGroup(name);
      List<GroupState.Revision> all = cluster.revisions(name);
      if (all.isEmpty() || revision != null) {
        out.println(Json.text(group.former(all, revision).template()));
        return;
      }
      List<Map<String, @Nullable Object>> rows = new ArrayList<>();
      Table table = new Table("REVISION", "NUMBER", "STATE", "CREATED", "CHANGE-CAUSE");
      for (GroupState.Revision each : GroupState.newestFirst(all)) {
        String role = group.roleOf(each);
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("revision", each.name());
        row.put("number", each.number());
        row.put("state", role);
        row.put("created", each.createdAt());
        row.put("changeCause", each.cause());
        rows.add(row);
        table.row(
            each.name(),
            each.number(),
            role.isEmpty() ? "-" : role,
            each.createdAt(),
            each.cause() == null ? "-" : each.cause());
      }
      if (options.isJson()) {
        out.println(Json.text(rows));
      } else {
        table.lines().forEach(out::println);
      }
    }
  }

  @Command(
      name = "undo",
      description = {
        "writes a former template into the spec again",
        "Where a tool such as Argo CD or Flux writes the spec, it writes its own again: undo it"
            + " there."
      })
  static final class Undo extends OnGroup {
    @Option(
        names = "--to-revision",
        paramLabel = "NAME",
        description = "which, as history names it (default: the one that is, or was, in use)")
    @Nullable String wanted;

    @Override
    void act(Cluster cluster, PrintWriter out) {
      GroupState group = cluster.workerGroup(name);
      GroupState.Revision former = group.former(cluster.revisions(name), wanted);
      if (former.template().equals(group.object().at("/spec/template"))) {
        say(out, "revision %s is what the spec has".formatted(former.name()));
        return;
      }
      ArrayNode patch = JSON.createArrayNode();
      // Whoever has written another one meanwhile is not overruled.
      patch
          .addObject()
          .put("op", "test")
          .put("path", "/metadata/resourceVersion")
          .put("value", group.object().at("/metadata/resourceVersion").asText());
      patch
          .addObject()
          .put("op", "replace")
          .put("path", "/spec/template")
          .set("value", former.template());
      try {
        cluster.patchJson(name, patch.toString());
      } catch (KubernetesClientException e) {
        if (e.getCode() == 409 || e.getCode() == 422) {
          throw new CommandFailure(
              "the spec of %s stays as it is: somebody has changed it meanwhile, or Kubernetes refuses that template (%s)"
                  .formatted(name, Trouble.of(e)));
        }
        throw e;
      }
      say(out, "the spec has the template of revision %s again".formatted(former.name()));
    }
  }

  @Command(
      name = "pause",
      description = "lets a rollout wait at the next point (spec.paused); nothing is taken back")
  static final class Pause extends OnGroup {
    @Override
    void act(Cluster cluster, PrintWriter out) {
      cluster.workerGroup(name);
      cluster.patchMerge(name, "{\"spec\":{\"paused\":true}}");
      say(out, "the rollout is paused");
    }
  }

  @Command(
      name = "resume",
      description = {
        "lets a rollout go on that is paused, that waits between two steps, or that has failed",
        "One that was rolled back is tried again."
      })
  static final class Resume extends OnGroup {
    @Override
    void act(Cluster cluster, PrintWriter out) {
      GroupState group = cluster.workerGroup(name);
      boolean isPaused = group.object().at("/spec/paused").asBoolean();
      String word = group.status("/rollout/continueWith");
      if (!isPaused && word == null) {
        throw new CommandFailure(
            "nothing of %s waits for somebody: %s".formatted(name, group.sentence()));
      }
      ObjectNode patch = JSON.createObjectNode();
      if (isPaused) {
        patch.putObject("spec").putNull("paused");
      }
      if (word != null) {
        patch.putObject("metadata").putObject("annotations").put(Names.ROLLOUT_CONTINUE, word);
      }
      cluster.patchMerge(name, patch.toString());
      say(out, "the rollout goes on");
    }
  }
}
