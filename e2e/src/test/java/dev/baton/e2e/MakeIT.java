package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code make}, as a person who has just come calls it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class MakeIT {

  /** As if a source were new, so that there is something to build. */
  @Test
  void withoutMavenItSaysWhatToInstall() {
    var made = Shell.run("make", "--what-if=pom.xml", "build", "MVN=there-is-no-such-mvn -o");
    assertThat(made.exitCode()).isNotZero();
    assertThat(made.output())
        .contains(
            "Baton is built by Maven 3.8.6 or newer, and there is no 'there-is-no-such-mvn' on PATH")
        .contains("make MVN=/path/to/mvn")
        .doesNotContain("command not found");
  }

  /** Whoever has only played the demo has not built the plugin of kubectl. */
  @Test
  void theDemoIsBuiltOnceAlsoWhereNothingElseIs(@TempDir Path checkout) throws IOException {
    Files.copy(Shell.root().resolve("Makefile"), checkout.resolve("Makefile"));
    Files.createFile(checkout.resolve("pom.xml"));
    for (var module : List.of("launcher", "worker-image", "client-job", "demo")) {
      var target = Files.createDirectories(checkout.resolve(module).resolve("target"));
      Files.createFile(target.resolve("baton-" + module + ".jar"));
    }
    Files.createFile(Files.createDirectories(checkout.resolve("target")).resolve("demo.stamp"));
    assertThat(make(checkout)).as("whether something is to be built").isZero();
    Files.delete(checkout.resolve("launcher/target/baton-launcher.jar"));
    assertThat(make(checkout)).as("the same without what it runs").isNotZero();
  }

  private static int make(Path checkout) {
    return Shell.run("make", "-C", checkout.toString(), "--question", "target/demo.stamp")
        .exitCode();
  }
}
