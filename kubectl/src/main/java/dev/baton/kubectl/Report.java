package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.baton.cli.CommandFailure;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Collects what somebody needs who looks for an error, without what is secret. */
@Command(
    name = "report",
    description = {
      "writes a file for a bug report: the namespace's WorkerGroups, their pods, events and the"
          + " server's groups, and the logs of operator and server",
      "Secrets are not read; values of environment variables, commands and tokens are left out."
          + " Look into it before you give it away."
    })
final class Report implements Runnable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LOG_LINES = 2_000;

  @Mixin Options options = new Options();
  @Spec @Nullable CommandSpec spec;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "the file to write (default: baton-report-TIME.zip); it must not be there")
  @Nullable Path file;

  @Option(
      names = "--system-namespace",
      paramLabel = "NAME",
      defaultValue = "baton",
      description = "where operator and server run (default: ${DEFAULT-VALUE})")
  String systemNamespace = "baton";

  /** What was collected, and what could not be, by the names of the files. */
  private final Map<String, String> parts = new LinkedHashMap<>();

  private final StringBuilder missing = new StringBuilder();

  @Override
  public void run() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Path to =
        file != null
            ? file
            : Path.of("baton-report-" + now.toString().replaceAll("[^0-9TZ]", "") + ".zip");
    Path folder = to.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new CommandFailure("there is no folder %s for %s".formatted(folder, to.getFileName()));
    }
    try (Cluster cluster = Cluster.of(options)) {
      collect(cluster, now);
    }
    write(to);
    PrintWriter out = Objects.requireNonNull(spec, "set by picocli").commandLine().getOut();
    if (options.isJson()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("file", to.toString());
      result.put("parts", parts.keySet());
      out.println(Json.text(result));
    } else {
      out.println(
          "%s has %d files: look into it before you give it away".formatted(to, parts.size()));
    }
  }

  private void collect(Cluster cluster, Instant now) {
    String own = "/namespaces/" + cluster.namespace();
    String ofGroups = "?labelSelector=" + Names.WORKER_GROUP_LABEL;
    String pods = "/api/v1" + own + "/pods" + ofGroups;
    objects(
        cluster,
        "workergroups.json",
        "/apis/" + Names.API_GROUP + "/v1alpha1" + own + "/workergroups");
    objects(cluster, "deployments.json", "/apis/apps/v1" + own + "/deployments" + ofGroups);
    objects(cluster, "pods.json", pods);
    objects(cluster, "budgets.json", "/apis/policy/v1" + own + "/poddisruptionbudgets" + ofGroups);
    objects(cluster, "events.json", "/api/v1" + own + "/events");
    objects(cluster, "version.json", "/version");
    JsonNode system =
        objects(
            cluster,
            "system-pods.json",
            "/api/v1/namespaces/"
                + systemNamespace
                + "/pods?labelSelector=app.kubernetes.io/part-of=baton");
    for (JsonNode pod : system == null ? List.<JsonNode>of() : system.path("items")) {
      String name = pod.at("/metadata/name").asText();
      part(
          "logs/" + name + ".log",
          () ->
              Redaction.of(
                  cluster.raw(
                      "/api/v1/namespaces/%s/pods/%s/log?tailLines=%d"
                          .formatted(systemNamespace, name, LOG_LINES))));
    }
    part(
        "groups.json",
        () -> {
          ArrayNode all = JSON.createArrayNode();
          try (Session session = Session.open(options)) {
            session.figures(options).forEach(it -> all.add(Redaction.of(it)));
          }
          return Json.text(all);
        });
    String version = Main.class.getPackage().getImplementationVersion();
    parts.put(
        "about.txt",
        "kubectl baton %s, namespace %s, %s%n%s"
            .formatted(
                version == null ? "(of no release)" : version,
                cluster.namespace(),
                now,
                missing.isEmpty() ? "" : "What could not be had:\n" + missing));
  }

  private @Nullable JsonNode objects(Cluster cluster, String name, String path) {
    JsonNode[] read = new JsonNode[1];
    part(
        name,
        () -> {
          read[0] = json(cluster.raw(path));
          return Json.text(Redaction.of(read[0]));
        });
    return read[0];
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new CommandFailure("what the API server answered is not JSON");
    }
  }

  /** Whatever of it can be had is better than nothing. */
  private void part(String name, Supplier<String> content) {
    try {
      parts.put(name, content.get());
    } catch (CommandFailure e) {
      missing.append(name).append(": ").append(e.text()).append('\n');
    } catch (KubernetesClientException e) {
      missing.append(name).append(": ").append(Trouble.of(e)).append('\n');
    }
  }

  private void write(Path to) {
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(to, StandardOpenOption.CREATE_NEW))) {
      for (Map.Entry<String, String> part : parts.entrySet()) {
        zip.putNextEntry(new ZipEntry("baton-report/" + part.getKey()));
        zip.write(part.getValue().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
      }
    } catch (FileAlreadyExistsException e) {
      throw new CommandFailure(to + " is there already");
    } catch (IOException e) {
      throw new CommandFailure("%s cannot be written: %s".formatted(to, e.getMessage()));
    }
  }
}
