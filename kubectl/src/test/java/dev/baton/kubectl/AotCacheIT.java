package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.BatonServer;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the script keeps of a first command for the ones after it, in a folder as the build's. */
class AotCacheIT {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String SHOP =
      """
      {"apiVersion":"baton.dev/v1alpha1","kind":"WorkerGroupList","metadata":{},"items":[{
        "apiVersion":"baton.dev/v1alpha1","kind":"WorkerGroup","metadata":{"name":"w","namespace":"shop"},
        "spec":{"group":"shop-workers","server":{"url":"http://baton-server.baton:8001"}}}]}
      """;

  private final BatonServer server = BatonServer.start(ServerConfig.of(Layers.inMemory()));
  private final FakeApiServer api = new FakeApiServer(server.port(), "");

  @TempDir Path root = Path.of("");

  private Path target = Path.of("");
  private Path jar = Path.of("");
  private Path cache = Path.of("");

  private record Result(int code, String out, String err, String classes) {

    /** Whether classes came from the cache, as the JVM tells. */
    boolean usesCache() {
      return classes.contains("dev.baton.kubectl.Cluster source: shared objects file");
    }
  }

  @AfterEach
  void stop() {
    await().atMost(PATIENCE).until(() -> leftovers().isEmpty()); // else it writes on
    api.close();
    server.close();
  }

  @BeforeEach
  void build() throws Exception {
    api.show("/apis/baton.dev/v1alpha1/namespaces/shop/workergroups", SHOP);
    target = Files.createDirectories(root.resolve("kubectl/target"));
    jar = target.resolve("baton-kubectl.jar");
    cache = target.resolve("baton-kubectl.aot");
    Files.createDirectories(root.resolve("scripts"));
    Files.copy(ROOT.resolve("kubectl-baton"), root.resolve("kubectl-baton"));
    Files.copy(ROOT.resolve("scripts/find-jdk.sh"), root.resolve("scripts/find-jdk.sh"));
    Path libraries = Files.createDirectories(target.resolve("app/lib"));
    String[] places = System.getProperty("java.class.path").split(File.pathSeparator);
    for (int i = 0; i < places.length; i++) {
      Path place = Path.of(places[i]);
      if (place.equals(placeOf(Main.class))) {
        pack(place, jar);
      } else if (Files.isDirectory(place) && !place.equals(placeOf(AotCacheIT.class))) {
        pack(place, libraries.resolve(i + ".jar"));
      } else if (Files.isRegularFile(place) && !place.toString().contains("logback")) {
        // Without that of the tests' server, which would be a second one that writes logs.
        Files.createSymbolicLink(libraries.resolve(i + "-" + place.getFileName()), place);
      }
    }
    Files.setLastModifiedTime(jar, FileTime.fromMillis(System.currentTimeMillis() - 60_000));
  }

  @Test
  void whatTheFirstCommandTeachesIsUsedByTheNextUntilSomethingIsBuiltAnew() throws Exception {
    assertThat(groups().usesCache()).isFalse();
    awaitCache();
    assertThat(groups().usesCache()).isTrue();

    FileTime made = Files.getLastModifiedTime(cache);
    Files.setLastModifiedTime(jar, FileTime.fromMillis(made.toMillis() + 1_000));
    assertThat(groups().usesCache()).as("it is of other classes").isFalse();
    await() // the same second as the jar's would do for a file system without fractions
        .atMost(PATIENCE)
        .until(() -> !Files.getLastModifiedTime(cache).equals(made));
  }

  @Test
  void oneOfAnotherJavaIsMadeAnew() throws Exception {
    Files.writeString(cache, "of another Java");
    Files.writeString(of(), "/opt/another-jdk " + target.toRealPath() + " JAVA_VERSION=\"24\"");
    assertThat(groups().usesCache()).isFalse();
    await().atMost(PATIENCE).until(() -> Files.size(cache) > 1_000);
    awaitCache();
    assertThat(groups().usesCache()).isTrue();
  }

  @Test
  void oneThatIsBrokenDoesNoHarm() throws Exception {
    Files.writeString(cache, "not what Java has written");
    Path home = Path.of(System.getProperty("java.home"));
    String release = Files.readString(home.resolve("release")).strip();
    Files.writeString(of(), home + " " + target.toRealPath() + " " + release);
    assertThat(groups().usesCache()).isFalse();
    assertThat(cache).as("it is taken for the right one").hasContent("not what Java has written");
  }

  @Test
  void whereNothingCanBeKeptCommandsWorkAsEver() throws Exception {
    Path tools = Files.createDirectories(root.resolve("tools"));
    Path mktemp = Files.writeString(tools.resolve("mktemp"), "#!/bin/sh\nexit 1\n");
    Files.setPosixFilePermissions(mktemp, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (int i = 0; i < 2; i++) {
      assertThat(groups(tools.toString()).usesCache()).isFalse();
    }
    assertThat(cache).doesNotExist();
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void aCommandThatFailsTeachesNothing() throws Exception {
    Result failed = baton("", "groups", "--kubeconfig", root.resolve("nowhere").toString());
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err())
        .contains("the kubeconfig " + root.resolve("nowhere") + " is not there");
    assertThat(cache).doesNotExist();
    assertThat(leftovers()).isEmpty();
  }

  /** That the cache is there, with what it says of it, and nobody writes any more. */
  private void awaitCache() {
    await()
        .atMost(PATIENCE)
        .until(() -> Files.exists(cache) && Files.exists(of()) && leftovers().isEmpty());
  }

  private Path of() {
    return target.resolve("baton-kubectl.aot.of");
  }

  private List<String> leftovers() throws IOException {
    try (Stream<Path> all = Files.list(target)) {
      return all.map(it -> it.getFileName().toString())
          .filter(it -> it.startsWith("learnt"))
          .toList();
    }
  }

  /** A command that succeeds. */
  private Result groups(String... tools) throws IOException, InterruptedException {
    Path kubeconfig = Files.writeString(root.resolve("kubeconfig"), api.kubeconfig());
    Result result =
        baton(
            String.join(File.pathSeparator, tools),
            "groups",
            "--kubeconfig",
            kubeconfig.toString());
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).startsWith("GROUP ");
    assertThat(result.err()).isEmpty();
    return result;
  }

  private Result baton(String tools, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(root.resolve("kubectl-baton").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(root.resolve("out").toFile())
            .redirectError(root.resolve("err").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // Of who runs the tests: Java says on standard error that it has picked them up.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    // After the script's own options.
    builder
        .environment()
        .put("_JAVA_OPTIONS", "-Xlog:class+load:file=" + root.resolve("loaded-%p"));
    if (!tools.isEmpty()) {
      builder.environment().merge("PATH", tools, (path, own) -> own + File.pathSeparator + path);
    }
    Process process = builder.start();
    int code = process.waitFor();
    // A Java that teaches is a process of its own, one that uses the cache is what became of it.
    Path classes = root.resolve("loaded-" + process.pid());
    return new Result(
        code,
        Files.readString(root.resolve("out")),
        Files.readString(root.resolve("err"))
            .lines()
            .filter(it -> !it.startsWith("Picked up _JAVA_OPTIONS"))
            .collect(Collectors.joining("\n")),
        Files.exists(classes) ? Files.readString(classes) : "");
  }

  private static Path placeOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (Stream<Path> files = Files.walk(classes);
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }
}
