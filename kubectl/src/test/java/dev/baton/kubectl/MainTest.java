package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {

  @Test
  void commandsAreCalledWhatTheySay() {
    assertThat(Main.commandLine().getSubcommands())
        .hasSize(10)
        .allSatisfy((name, command) -> assertThat(name).isEqualTo(nameOf(command)));
  }

  @Test
  void onlyTheCommandThatIsAskedForIsMade() {
    assertThat(Main.commandLine("rollout", "status", "w").getSubcommands())
        .containsOnlyKeys("rollout");
    assertThat(Main.commandLine("grops").getSubcommands()).hasSize(10);
    assertThat(Main.commandLine("--help").getSubcommands()).hasSize(10);
  }

  private static String nameOf(CommandLine command) {
    Object type = command.getCommandSpec().userObject();
    return Objects.requireNonNull(type.getClass().getAnnotation(Command.class), "is a command")
        .name();
  }
}
