package dev.baton.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses CLI =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test"))
          .importPackages("dev.baton.cli");

  @Test
  void theClassesAreFound() {
    assertThat(CLI).hasSizeGreaterThan(20);
  }

  /** A command is over in a tenth of a second, if it loads little. */
  @Test
  void clientsNeedTheWireFormatAndTheJdk() {
    classes()
        .that()
        .resideInAPackage("dev.baton.cli..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.baton.cli..",
            "dev.baton.protocol..",
            "com.fasterxml.jackson.core..",
            "com.fasterxml.jackson.databind..",
            "picocli",
            "java.io",
            "java.lang..",
            "java.net",
            "java.nio.channels",
            "java.nio.charset",
            "java.nio.file..",
            "java.time..",
            "java.util..",
            "org.jspecify..")
        .check(CLI);
  }
}
