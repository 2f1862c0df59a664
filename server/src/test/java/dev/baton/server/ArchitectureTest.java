package dev.baton.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.baton.core.Reader;
import dev.baton.core.Reading;
import dev.baton.server.process.Engine;
import org.junit.jupiter.api.Test;

/** What the packages of the server may know of each other and of libraries. */
class ArchitectureTest {

  private static final JavaClasses SERVER =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test"))
          .importPackages("dev.baton.server");

  @Test
  void theClassesAreFound() {
    assertThat(SERVER).hasSizeGreaterThan(100);
    assertThat(SERVER.contain(Engine.class)).isTrue();
  }

  /** What the rules read has no searches, so no step can make one by itself. */
  @Test
  void noStepOfTheEngineLooksAtManyRows() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.baton.server.process..", "dev.baton.server.dispatch..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Reader.class, Reading.class)
        .check(SERVER);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.baton.server.(*)..").should().beFreeOfCycles().check(SERVER);
  }

  /**
   * They are stepped by hand in the simulation: nothing in them may wait, listen or read a clock.
   */
  @Test
  void dispatchAndPipelineAreSteppedByHand() {
    noClasses()
        .that()
        .resideInAPackage("..server.dispatch..")
        .or()
        .haveSimpleName("Pipeline")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.netty..", "java.net..", "java.util.concurrent..")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(SERVER);
  }

  @Test
  void onlyTheStoresKnowTheirDatabase() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..server.storage..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "org.sqlite..")
        .check(SERVER);
  }

  @Test
  void storesKnowRowsAndNotWhoAsks() {
    noClasses()
        .that()
        .resideInAPackage("..server.storage..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "..server.http..",
            "..server.poll..",
            "..server.process..",
            "..server.dispatch..",
            "..server.auth..",
            "io.vertx..")
        .check(SERVER);
  }

  @Test
  void onlyTheCommandLineKnowsItsLibraries() {
    noClasses()
        .that()
        .resideInAPackage("dev.baton.server.(*)..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..", "ch.qos.logback..")
        .check(SERVER);
  }
}
