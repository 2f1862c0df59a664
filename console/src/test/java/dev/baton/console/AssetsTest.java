package dev.baton.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class AssetsTest {

  private static final Pattern IMPORT = Pattern.compile("(?:\\bfrom|\\bimport) ?\"([\\w@./-]+)\"");

  private final Assets assets = Assets.load();
  private final String folder = "a/" + assets.hash() + "/";

  @Test
  void theIndexNamesEveryFileThereIs() throws IOException, URISyntaxException {
    URL index =
        Objects.requireNonNull(Assets.class.getResource("/dev/baton/console/page/index.html"));
    TreeSet<String> present = new TreeSet<>();
    try (var files = Files.list(Objects.requireNonNull(Path.of(index.toURI()).getParent()))) {
      files.map(file -> String.valueOf(file.getFileName())).forEach(present::add);
    }
    present.remove("index.html");
    TreeSet<String> named = new TreeSet<>();
    for (String path : assets.files().keySet()) {
      String name = path.substring(folder.length());
      if (!name.startsWith("lit/")) {
        named.add(name);
      }
    }
    assertThat(named).isEqualTo(present);
  }

  @Test
  void theIndexNamesFilesByTheHashOfAll() {
    String index = text(assets.index());
    assertThat(index).doesNotContain("a/-/");
    for (String path : assets.files().keySet()) {
      assertThat(path).startsWith(folder);
      assertThat(index).contains("\"" + path + "\"");
    }
  }

  @Test
  void whatAModuleImportsIsServed() {
    int imports = 0;
    for (var file : assets.files().entrySet()) {
      if (!file.getKey().endsWith(".js")) {
        continue;
      }
      for (String imported : imports(text(file.getValue()))) {
        assertThat(imported).as("in %s", file.getKey()).startsWith(".");
        String path = Path.of(file.getKey()).resolveSibling(imported).normalize().toString();
        assertThat(assets.find(path)).as("%s in %s", imported, file.getKey()).isNotNull();
        imports++;
      }
    }
    assertThat(imports).isGreaterThan(50);
  }

  @Test
  void theWholePageStaysSmall() {
    int sum = assets.index().gzipped().length;
    for (Asset file : assets.files().values()) {
      sum += file.gzipped().length;
    }
    assertThat(sum).isBetween(10_000, 100_000);
  }

  @Test
  void whatIsCompressedIsTheSame() throws IOException {
    for (Asset file : assets.files().values()) {
      try (var in = new GZIPInputStream(new ByteArrayInputStream(file.gzipped()))) {
        assertThat(in.readAllBytes()).isEqualTo(file.bytes());
      }
    }
  }

  @Test
  void everyFileIsCheckedForTypesAndNoneMakesMarkupOfText() {
    assets
        .files()
        .forEach((path, file) -> {
          if (path.endsWith(".js") && !path.contains("/lit/")) {
            assertThat(text(file))
                .as(path)
                .startsWith("// @ts-check\n")
                .doesNotContain(
                    "unsafeHTML", "innerHTML", "insertAdjacentHTML", "eval(", "style=\"");
          }
        });
  }

  private static List<String> imports(String module) {
    return IMPORT.matcher(module).results().map(match -> match.group(1)).toList();
  }

  private static String text(Asset file) {
    return new String(file.bytes(), StandardCharsets.UTF_8);
  }
}
