package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.config.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page of all keys is what the keys say; {@code -Dbaton.docs=write} writes it anew. */
class ConfigurationDocTest {

  private static final Path PAGE = Path.of("../docs/configuration.md");
  private static final String FROM = "<!-- keys -->\n";
  private static final String TO = "<!-- end of keys -->";

  @Test
  void thePageListsEveryKeyAsItIs() throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf(FROM) + FROM.length();
    int to = page.indexOf(TO);
    if ("write".equals(System.getProperty("baton.docs"))) {
      Files.writeString(PAGE, page.substring(0, from) + table() + page.substring(to));
      return;
    }
    assertThat(page.substring(from, to)).isEqualTo(table());
  }

  private static String table() {
    StringBuilder table = new StringBuilder("| key | flag | default | what |\n|---|---|---|---|\n");
    for (Key key : Key.values()) {
      String fallback = key.fallback();
      table.append(
          "| `%s` | `%s`%s | %s | %s |\n"
              .formatted(
                  key.path(),
                  key.flag(),
                  holds(key),
                  fallback == null ? "" : "`" + fallback + "`",
                  key.meaning().replace("|", "\\|")));
    }
    return table.toString();
  }

  private static String holds(Key key) {
    return switch (key.kind()) {
      case SWITCH -> "";
      case NUMBER -> " N";
      case TEXT -> " TEXT";
      case LIST -> " TEXT…";
    };
  }
}
