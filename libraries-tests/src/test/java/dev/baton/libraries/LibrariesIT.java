package dev.baton.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.server.BatonServer;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** What is published can be used: by Java 21, without this build, and with nothing else beside. */
final class LibrariesIT {

  private static final int JAVA_21 = 65;

  private static Outside outside;

  static List<Published> libraries() {
    return Published.libraries();
  }

  @BeforeAll
  static void buildAProjectOutside() throws Exception {
    outside = Outside.build(libraries());
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void isForJava21AndNamesItsModule(Published library) throws IOException {
    assertThat(library.classVersions()).containsExactly(JAVA_21);
    assertThat(library.manifest().getMainAttributes().getValue("Automatic-Module-Name"))
        .startsWith("dev.baton.");
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void hasAPomThatNeedsNoOther(Published library) {
    var pom = library.document().getDocumentElement();
    assertThat(Published.elements(pom, "parent")).isEmpty();
    assertThat(Published.elements(pom, "dependencyManagement")).isEmpty();
    assertThat(Published.elements(pom, "dependency"))
        .isNotEmpty()
        .allSatisfy(dependency -> {
          assertThat(text(dependency, "version")).doesNotContain("${");
          assertThat(text(dependency, "scope")).isNotEqualTo("test");
        });
  }

  @ParameterizedTest
  @MethodSource("libraries")
  void saysWhatMavenCentralAsksFor(Published library) {
    var pom = library.document().getDocumentElement();
    for (String name : List.of("name", "description", "url", "licenses", "developers", "scm")) {
      assertThat(text(pom, name)).as(name).isNotBlank();
    }
  }

  @Test
  void theBomImportsNothing() {
    var pom = new Published("baton-bom").document().getDocumentElement();
    assertThat(Published.elements(pom, "parent")).isEmpty();
    assertThat(Published.elements(pom, "scope")).isEmpty();
    assertThat(Published.elements(pom, "groupId"))
        .extracting(Element::getTextContent)
        .containsOnly("dev.baton");
  }

  @Test
  void theSdkBringsNoFramework() throws IOException {
    assertThat(outside.dependencies())
        .containsExactly(
            "com.fasterxml.jackson.core:jackson-annotations",
            "com.fasterxml.jackson.core:jackson-core",
            "com.fasterxml.jackson.core:jackson-databind",
            "com.fasterxml.jackson.datatype:jackson-datatype-jdk8",
            "com.fasterxml.jackson.datatype:jackson-datatype-jsr310",
            "com.fasterxml.jackson.module:jackson-module-parameter-names",
            "dev.baton:baton-protocol",
            "dev.baton:baton-sdk",
            "org.jspecify:jspecify",
            "org.slf4j:slf4j-api");
  }

  @ParameterizedTest
  @ValueSource(ints = {21, 25})
  void aProjectOutsideWithOnlyTheBomRunsOnJava(int release) throws Exception {
    var java = java(release);
    try (var server = BatonServer.start(config())) {
      var said = outside.run(java, Map.of("RESONATE_URL", server.url()));
      assertThat(said)
          .contains("Receipt[item=pencil, cents=[250, 500, 750], approvedBy=an editor]")
          .contains("cancelled on Java " + release);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {21, 25})
  void theTestKitLetsAWeekPassOnJava(int release) throws Exception {
    assertThat(outside.runTest(java(release)))
        .contains("Ada is reminded after 7 days on Java " + release);
  }

  private static Path java(int release) {
    var java = Jdks.home(release);
    assumeTrue(
        java.isPresent(), "no Java " + release + " here; JAVA_HOME_" + release + " names one");
    return java.orElseThrow();
  }

  private static ServerConfig config() {
    return ServerConfig.of(Layers.inMemory());
  }

  private static String text(Element within, String name) {
    return Published.elements(within, name).findFirst().map(Element::getTextContent).orElse("");
  }
}
