package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.cli.CommandFailure;
import dev.baton.cli.Remote;
import dev.baton.protocol.Printable;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says why a WorkerGroup has the workers that it has. */
@Command(
    name = "explain",
    description =
        "says why a WorkerGroup has so many workers, why not more, and what hinders its work")
final class Explain implements Runnable {

  @Mixin Options options = new Options();
  @Spec @Nullable CommandSpec spec;

  @Parameters(paramLabel = "WORKERGROUP", description = "the WorkerGroup, of the namespace")
  String name = "";

  @Override
  public void run() {
    try (Cluster cluster = Cluster.of(options)) {
      tell(cluster, Objects.requireNonNull(spec, "set by picocli").commandLine().getOut());
    }
  }

  private void tell(Cluster cluster, PrintWriter out) {
    GroupState group = cluster.workerGroup(name);
    JsonNode figures = null;
    String unseen = null;
    try {
      figures = figures(cluster, group);
    } catch (CommandFailure e) {
      unseen = e.text();
    }
    Explanation explanation =
        new Explanation(group, figures, unseen, cluster.events(name), Instant.now());
    List<Explanation.Paragraph> paragraphs = explanation.paragraphs();
    if (options.isJson()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("workerGroup", name);
      paragraphs.forEach(it -> result.put(it.topic(), it.text()));
      out.println(Json.text(result));
      return;
    }
    for (Explanation.Paragraph each : paragraphs) {
      String title = each.topic() + ":";
      for (String line : each.text().split("\n", -1)) {
        out.println(Printable.of("%-14s %s".formatted(title, line)));
        title = "";
      }
    }
  }

  private JsonNode figures(Cluster cluster, GroupState group) {
    String own = group.object().at("/spec/group").textValue();
    String token = Session.token(options);
    Remote remote =
        options.server != null
            ? new Remote(options.server, token)
            : cluster.reach(cluster.server(name), token);
    return Session.figures(remote, own == null ? name : own);
  }
}
