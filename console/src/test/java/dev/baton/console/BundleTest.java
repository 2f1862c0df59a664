package dev.baton.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {

  private static String bundle(Map<String, String> modules) {
    return Bundle.of("main.js", path -> Objects.requireNonNull(modules.get(path), path));
  }

  @Test
  void eachModuleIsAFunctionThatIsCalledOnceAfterThoseThatItNeeds() {
    String script =
        bundle(
            Map.of(
                "main.js",
                """
                // @ts-check
                import { one, two as second } from "./parts/a.js";
                import {
                  three,
                } from "./b.js";
                one(second, three);
                """,
                "parts/a.js",
                """
                import { three } from "../b.js";
                export function one() {}
                export async function two() {}
                const own = three;
                """,
                "b.js",
                """
                export const three = 3;
                export class Four {}
                """));
    assertThat(script)
        .isEqualTo(
            """
            const $b = (() => {
            const three = 3;
            class Four {}
            return { three, Four };
            })();
            const $parts_a = (() => {
            const { three } = $b;
            function one() {}
            async function two() {}
            const own = three;
            return { one, two };
            })();
            const $main = (() => {
            // @ts-check
            const { one, two: second } = $parts_a;
            const { three } = $b;
            one(second, three);
            return {  };
            })();
            """);
  }

  @Test
  void modulesMayBeWrittenInFewLetters() {
    String script =
        bundle(
            Map.of(
                "main.js",
                "import{b as x}from\"./a.js\";import{c as y}from\"./a.js\";x(y);export{};\n//# sourceMappingURL=main.js.map",
                "a.js",
                "const q=1,r=2;export{q as b,r as c};"));
    assertThat(script)
        .contains("const q=1,r=2;\nreturn { b: q, c: r };")
        .contains("const { b: x } = $a;const { c: y } = $a;x(y);")
        .doesNotContain("sourceMappingURL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "import x from \"./a.js\";",
        "import * as x from \"./a.js\";",
        "import \"./a.js\";",
        "export let x = 1;",
        "export default 1;",
        "export * from \"./a.js\";",
        "const x = await import(\"./a.js\");",
        "const x = import.meta.url;"
      })
  void whatIsNotKnownIsRefused(String line) {
    assertThatThrownBy(() -> bundle(Map.of("main.js", line)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("main.js");
  }

  @Test
  void modulesThatNeedEachOtherAreRefused() {
    assertThatThrownBy(() ->
            bundle(
                Map.of(
                    "main.js", "import { a } from \"./a.js\";",
                    "a.js", "import { b } from \"./main.js\";")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("modules need each other: [main.js, a.js], main.js");
  }

  @Test
  void whatACommentNamesIsNoImport() {
    String line = "/** @typedef {import(\"./shapes.js\").Group} Group */";
    assertThat(bundle(Map.of("main.js", line))).contains(line);
  }
}
