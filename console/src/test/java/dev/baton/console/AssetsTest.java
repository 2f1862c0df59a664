package dev.baton.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class AssetsTest {

  private static final Pattern IMPORT =
      Pattern.compile("(?:\\bfrom|\\bimport) ?\\(?\"([\\w@./-]+)\"");

  /** What a module cannot run without: not what it only imports later. */
  private static final Pattern NEED = Pattern.compile("(?:\\bfrom|\\bimport) ?\"([\\w@./-]+)\"");

  private static final Pattern TEMPLATE =
      Pattern.compile("<template data-screen=\"(\\w+)\">(.*?)</template>", Pattern.DOTALL);
  private static final Pattern PRELOAD = Pattern.compile("rel=\"modulepreload\" href=\"([^\"]+)\"");

  /** Only says what shapes things have, to whoever checks types. */
  private static final String SHAPES = "shapes.js";

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
    present.removeAll(Set.of("index.html", SHAPES));
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
        if (imported.endsWith(SHAPES)) {
          continue; // In a comment.
        }
        assertThat(imported).as("in %s", file.getKey()).startsWith(".");
        String path = Path.of(file.getKey()).resolveSibling(imported).normalize().toString();
        assertThat(assets.find(path)).as("%s in %s", imported, file.getKey()).isNotNull();
        imports++;
      }
    }
    assertThat(imports).isGreaterThan(50);
  }

  @Test
  void eachScreensModulesAreAskedForAtOnceAndNoOthers() {
    String index = text(assets.index());
    TreeSet<String> common = needs(folder + "main.js");
    common.addAll(needs(folder + "screens.js"));
    TreeSet<String> preloaded = preloads(TEMPLATE.matcher(index).replaceAll(""));
    preloaded.addAll(List.of(folder + "main.js", folder + "screens.js"));
    List<String> screens = new ArrayList<>();
    TEMPLATE
        .matcher(index)
        .results()
        .forEach(template -> {
          String screen = template.group(1);
          screens.add(screen);
          TreeSet<String> needed =
              needs(folder + (screen.equals("new") ? "new-call" : screen) + "-screen.js");
          needed.removeAll(preloaded);
          assertThat(preloads(template.group(2))).as(screen).isEqualTo(needed);
        });
    assertThat(screens).hasSize(7);
    // A list is drawn with it on most screens.
    common.add(folder + "lit/directives/repeat.js");
    common.add(folder + "lit/directive.js");
    common.add(folder + "lit/directive-helpers.js");
    assertThat(preloaded).isEqualTo(common);
  }

  /** A module and all that it needs. */
  private TreeSet<String> needs(String path) {
    TreeSet<String> found = new TreeSet<>();
    List<String> left = new ArrayList<>(List.of(path));
    while (!left.isEmpty()) {
      String next = left.removeLast();
      if (found.add(next)) {
        Asset file = Objects.requireNonNull(assets.find(next), next);
        NEED.matcher(text(file))
            .results()
            .map(match -> Path.of(next).resolveSibling(match.group(1)).normalize().toString())
            .forEach(left::add);
      }
    }
    return found;
  }

  private static TreeSet<String> preloads(String html) {
    return PRELOAD
        .matcher(html)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
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
