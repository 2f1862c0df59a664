package dev.baton.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses OPERATOR =
      new ClassFileImporter().importPath(Path.of("target", "classes"));

  @Test
  void theClassesAreFound() {
    assertThat(OPERATOR).hasSizeGreaterThan(40);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("dev.baton.operator.(*)..").should().beFreeOfCycles().check(OPERATOR);
  }

  @Test
  void planningIsPure() {
    classes()
        .that()
        .resideInAnyPackage("..operator.plan..", "..operator.resources..", "..operator.rollout..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "..operator.plan..",
            "..operator.resources..",
            "..operator.rollout..",
            "..operator.api..",
            "..operator.server..",
            "io.fabric8.kubernetes.api..",
            "io.fabric8.kubernetes.client",
            "com.fasterxml.jackson..",
            "java.lang..",
            "java.security", // A digest.
            "java.util",
            "java.util.function",
            "java.util.regex",
            "java.util.stream",
            "java.time..",
            "org.jspecify..")
        .check(OPERATOR);
  }

  /** Else no test could step it. */
  @Test
  void theTimeComesFromTheClockThatEverybodyIsGiven() {
    noClasses()
        .that()
        .doNotHaveSimpleName("OperatorBeans")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(Clock.class, "systemDefaultZone")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(OPERATOR);
  }

  @Test
  void planningIsToldTheTime() {
    noClasses()
        .that()
        .resideInAnyPackage("..operator.plan..", "..operator.resources..", "..operator.rollout..")
        .or()
        .haveSimpleName("PodLife")
        .should()
        .callMethod(Instant.class, "now")
        .check(OPERATOR);
  }
}
