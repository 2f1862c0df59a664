package dev.baton.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class CorePurityTest {

  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.baton.core");

  @Test
  void theRulesAreFound() {
    assertThat(CORE.contain(StateMachine.class)).isTrue();
  }

  @Test
  void theCoreDependsOnNothingButTheProtocolAndValues() {
    classes()
        .that()
        .resideInAPackage("dev.baton.core..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.baton.core..",
            "dev.baton.protocol",
            "java.lang..",
            "java.util",
            "java.util.function",
            "java.util.stream",
            "java.time..",
            "org.jspecify..")
        .check(CORE);
  }

  @Test
  void timeAndChanceAreArguments() {
    noClasses()
        .that()
        .resideInAPackage("dev.baton.core..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDateTime.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(ThreadLocalRandom.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .check(CORE);
  }
}
