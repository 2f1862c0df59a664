package dev.baton.libraries;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a page of the guides wants of its reader.
 *
 * @param files what to write where: blocks of code below a line that ends with a file's name
 * @param commands what to type: the blocks that are set in
 */
record Page(Map<String, String> files, List<String> commands) {

  private static final Pattern FILE =
      Pattern.compile(
          "`(?<name>[^`\n]+)`:\n\n(?:<!--[^\n]*-->\n)?```[a-z]+\n(?<text>.*?\n)```\n",
          Pattern.DOTALL);
  private static final Pattern COMMANDS = Pattern.compile("(?m)(?:^ {4}\\S.*\n)+");

  static Page read(Path page) throws IOException {
    var text = Files.readString(page);
    var files = new LinkedHashMap<String, String>();
    FILE.matcher(text).results().forEach(it -> files.put(it.group("name"), it.group("text")));
    var outside = Pattern.compile("```.*?```", Pattern.DOTALL).matcher(text).replaceAll("");
    var commands = new ArrayList<String>();
    COMMANDS.matcher(outside).results().forEach(it -> commands.add(it.group()));
    return new Page(
        files,
        commands.stream()
            .map(block -> block.lines().map(String::strip).collect(Collectors.joining("\n")))
            .toList());
  }
}
