package dev.baton.charts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The values are their own documentation. */
class ValuesTest {

  private static final Pattern KEY = Pattern.compile("\\s*[A-Za-z]+:.*");

  @Test
  void everyValueHasItsComment() throws IOException {
    List<String> lines = Files.readAllLines(Helm.chart().resolve("values.yaml"));
    List<String> bare = new ArrayList<>();
    int keys = 0;
    for (int i = 1; i < lines.size(); i++) {
      if (KEY.matcher(lines.get(i)).matches()) {
        keys++;
        if (!lines.get(i - 1).strip().startsWith("#")) {
          bare.add(lines.get(i));
        }
      }
    }
    assertThat(keys).isGreaterThan(40);
    assertThat(bare).isEmpty();
  }
}
