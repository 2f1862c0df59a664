package dev.baton.legacy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses LEGACY =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test"))
          .importPackages("dev.baton.legacy");

  @Test
  void theClassesAreFound() {
    assertThat(LEGACY).hasSizeGreaterThan(20);
  }

  /** Old requests are scripts of new ones: they see what the rules see, and no store. */
  @Test
  void theOldInterfaceHasNoStoreOfItsOwn() {
    noClasses()
        .that()
        .resideInAPackage("dev.baton.legacy..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.baton.server.storage..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("dev.baton.server.process.Pipeline")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("dev.baton.server.BatonServer")
        .check(LEGACY);
  }
}
