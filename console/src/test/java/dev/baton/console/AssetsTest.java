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
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class AssetsTest {

  /** Only says what shapes things have, to whoever checks types. */
  private static final String SHAPES = "shapes.js";

  private final Assets assets = Assets.load();
  private final String folder = "a/" + assets.hash() + "/";

  @Test
  void everyFileThereIsIsServed() throws IOException, URISyntaxException {
    String script = text(Objects.requireNonNull(assets.find(folder + "page.js")));
    int modules = 0;
    for (Path file : sources()) {
      String name = String.valueOf(file.getFileName());
      if (name.endsWith(".js") && !name.equals(SHAPES)) {
        assertThat(script)
            .as(name)
            .containsOnlyOnce(firstComment(Files.readString(file)) + "\n")
            .containsOnlyOnce("const $" + name.replace(".js", "").replace('-', '_') + " = ");
        modules++;
      } else if (!Set.of("index.html", SHAPES).contains(name)) {
        assertThat(assets.find(folder + name)).as(name).isNotNull();
      }
    }
    assertThat(modules).isGreaterThan(30);
    assertThat(script).containsOnlyOnce("const $lit_lit_html = ");
  }

  /** What it is for. */
  private static String firstComment(String module) {
    return module.lines().skip(1).findFirst().orElseThrow();
  }

  private static List<Path> sources() throws IOException, URISyntaxException {
    URL index =
        Objects.requireNonNull(Assets.class.getResource("/dev/baton/console/page/index.html"));
    try (var files = Files.list(Objects.requireNonNull(Path.of(index.toURI()).getParent()))) {
      return files.toList();
    }
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
  void aPageIsThereAfterFewRequests() {
    assertThat(assets.files()).hasSizeLessThan(8);
    assertThat(text(assets.index())).containsOnlyOnce("<script").doesNotContain("preload");
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
  void everyFileIsCheckedForTypesAndNoneMakesMarkupOfText() throws IOException, URISyntaxException {
    for (Path file : sources()) {
      if (file.toString().endsWith(".js")) {
        assertThat(Files.readString(file))
            .as(file.toString())
            .startsWith("// @ts-check\n")
            .doesNotContain("unsafeHTML", "innerHTML", "insertAdjacentHTML", "eval(", "style=\"");
      }
    }
  }

  private static String text(Asset file) {
    return new String(file.bytes(), StandardCharsets.UTF_8);
  }
}
