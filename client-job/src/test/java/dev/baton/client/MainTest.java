package dev.baton.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --calls=0                    | --calls must be 1 to 10000, but is 0
          --calls=many                 | Invalid value for option '--calls': 'many' is not an int
          --min-cost=-1                | --min-cost must not be negative, but is -1
          --min-cost=5 --max-cost=4    | --max-cost must be at least --min-cost (5), but is 4
          --timeout=0                  | --timeout must be at least 1 second, but is 0
          --group=                     | --group must not be empty
          --run-id=a.b                 | --run-id must be letters, digits, - and _, at most 100, but is 'a.b'
          --url=ftp://somewhere        | url must be a URL such as http://localhost:8001, not ftp://somewhere
          --seed=x                     | Invalid value for option '--seed': 'x' is not a long
          --colour=blue                | Unknown option: '--colour=blue'
          """)
  void wrongArgumentsAreRefusedWithAReason(String arguments, String reason) {
    var errors = new StringWriter();
    var commandLine = Main.commandLine().setErr(new PrintWriter(errors, true));
    assertThat(commandLine.execute(arguments.split(" "))).isEqualTo(2);
    assertThat(errors.toString().lines()).hasSize(2).first().asString().startsWith(reason);
  }

  @Test
  void helpNamesEveryOption() {
    var help = Main.commandLine().getUsageMessage();
    assertThat(help)
        .contains(
            "--url",
            "--group",
            "--calls",
            "--min-cost",
            "--max-cost",
            "--run-id",
            "--seed",
            "--timeout",
            "--json");
  }
}
