package dev.baton.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.baton.core.Reader;
import dev.baton.core.Reading;
import dev.baton.server.process.Engine;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses SERVER =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test"))
          .importPackages("dev.baton.server");

  @Test
  void theEngineIsFound() {
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
}
