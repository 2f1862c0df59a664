package dev.baton.console;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One script of all modules that one of them needs, because a browser asks for each by itself. Each
 * becomes a function that is called once, in the order in which modules are evaluated, and returns
 * what it exports; else their text stays as it is. Knows the imports and exports that these modules
 * have, and refuses all others.
 *
 * <p>Somebody waits for it whose server has only just started: patterns are tried on the few lines
 * that may be of interest.
 */
final class Bundle {

  private static final Pattern IMPORT = Pattern.compile("import ?\\{([^}]*)} ?from ?\"([^\"]+)\";");
  private static final Pattern DECLARATION =
      Pattern.compile("export ((?:async )?function|class|const) (\\w+)");
  private static final Pattern LIST = Pattern.compile("export\\{([^}]*)};");

  private final UnaryOperator<String> sources;
  private final Set<String> done = new HashSet<>();
  private final List<String> underWay = new ArrayList<>();
  private final StringBuilder script = new StringBuilder();

  private Bundle(UnaryOperator<String> sources) {
    this.sources = sources;
  }

  /**
   * The script of a module and all that it needs.
   *
   * @param sources finds a module's text by its path
   * @throws IllegalStateException for an import or export that is not known here, and for modules
   *     that need each other
   */
  static String of(String entry, UnaryOperator<String> sources) {
    Bundle bundle = new Bundle(sources);
    bundle.add(entry);
    return bundle.script.toString();
  }

  private void add(String path) {
    if (done.contains(path)) {
      return;
    }
    if (underWay.contains(path)) {
      throw new IllegalStateException("modules need each other: " + underWay + ", " + path);
    }
    underWay.add(path);
    ModuleText module = new ModuleText(path, sources.apply(path));
    module.needed.forEach(this::add);
    underWay.removeLast();
    done.add(path);
    script
        .append("const ")
        .append(name(path))
        .append(" = (() => {\n")
        .append(module.body)
        .append("return { ")
        .append(String.join(", ", module.exported))
        .append(" };\n})();\n");
  }

  /** The dollar keeps it from being one that a module gives to something of its own. */
  private static String name(String path) {
    return "$" + path.replace(".js", "").replace('-', '_').replace('/', '_');
  }

  /** A module as the inside of a function. */
  private static final class ModuleText {
    private final String path;
    private final List<String> needed = new ArrayList<>();
    private final List<String> exported = new ArrayList<>();
    private final StringBuilder body = new StringBuilder();

    ModuleText(String path, String text) {
      this.path = path;
      Iterator<String> lines = text.lines().iterator();
      while (lines.hasNext()) {
        String line = lines.next();
        if (line.startsWith("import")) {
          line = imports(whole(line, lines));
        } else if (line.startsWith("export ")) {
          line = DECLARATION.matcher(line).replaceFirst(this::declaration);
        } else if (line.startsWith("//# sourceMappingURL=")) {
          continue;
        }
        if (line.contains("export{")) {
          line = LIST.matcher(line).replaceFirst(this::list);
        }
        check(line);
        body.append(line).append('\n');
      }
    }

    /** A statement, which may take several lines. */
    private static String whole(String line, Iterator<String> further) {
      StringBuilder statement = new StringBuilder(line);
      while (!statement.toString().endsWith(";") && further.hasNext()) {
        statement.append(further.next());
      }
      return statement.toString();
    }

    private String imports(String statements) {
      return IMPORT
          .matcher(statements)
          .replaceAll(each -> {
            String from = Path.of(path).resolveSibling(each.group(2)).normalize().toString();
            needed.add(from);
            String names = renamed(each.group(1), 0, 1);
            return Matcher.quoteReplacement("const { " + names + " } = " + name(from) + ";");
          });
    }

    private String declaration(MatchResult found) {
      exported.add(found.group(2));
      return found.group(1) + " " + found.group(2);
    }

    private String list(MatchResult found) {
      exported.add(renamed(found.group(1), 1, 0));
      return "";
    }

    /** Where {@code a as b} stands, an object has either of them first. */
    private static String renamed(String names, int first, int second) {
      List<String> members = new ArrayList<>();
      for (String name : names.split(",")) {
        String[] words = name.strip().split(" as ");
        if (!name.isBlank()) {
          members.add(words.length == 1 ? words[0] : words[first] + ": " + words[second]);
        }
      }
      return String.join(", ", members);
    }

    private void check(String line) {
      if (line.startsWith("import")
          || line.startsWith("export")
          || line.contains("await import(")
          || line.contains("import.meta")) {
        throw new IllegalStateException(
            path + " has an import or export that is not known: " + line);
      }
    }
  }
}
