package dev.baton.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The page: {@code index.html} and all that it names, its script being made of all modules. Each
 * file that it names lies below {@code a/<hash of all>/}, so that what is below may be kept for
 * ever, and the index alone is asked for again.
 */
public final class Assets {

  private static final String FILES = "/dev/baton/console/page/";
  private static final String INDEX = "index.html";

  /** How the index names a file, before the hash is known. */
  private static final Pattern NAMED = Pattern.compile("\"a/-/([^\"]+)\"");

  /** What the modules become. */
  private static final String SCRIPT = "page.js";

  /** The module that needs all others. */
  private static final String MAIN = "main.js";

  /** Below that are the files of the library, which come out of its jar. */
  private static final String LIBRARY = "lit/";

  private static final String LIBRARY_POM = "/META-INF/maven/org.mvnpm/lit-html/pom.properties";

  private final String hash;
  private final Asset index;
  private final Map<String, Asset> files;

  private Assets(String hash, Asset index, Map<String, Asset> files) {
    this.hash = hash;
    this.index = index;
    this.files = files;
  }

  /**
   * Reads and compresses all files. Takes some milliseconds: not for an event loop.
   *
   * @throws IllegalStateException if one of them is missing
   */
  public static Assets load() {
    String template = new String(read(FILES + INDEX), StandardCharsets.UTF_8);
    Map<String, byte[]> contents = new LinkedHashMap<>();
    for (String name : names(template)) {
      contents.put(name, name.equals(SCRIPT) ? script() : read(FILES + name));
    }
    String hash = hash(template, contents);
    Map<String, Asset> files = new LinkedHashMap<>();
    contents.forEach((name, bytes) -> files.put("a/" + hash + "/" + name, asset(name, bytes)));
    String index = template.replace("\"a/-/", "\"a/" + hash + "/");
    return new Assets(
        hash, asset(INDEX, index.getBytes(StandardCharsets.UTF_8)), Map.copyOf(files));
  }

  /** Changes whenever one of the files does. */
  public String hash() {
    return hash;
  }

  /** The page itself. */
  public Asset index() {
    return index;
  }

  /**
   * A file of the page.
   *
   * @param path as the index names it, relative to itself; null if there is none
   */
  public @Nullable Asset find(String path) {
    return files.get(path);
  }

  /** All files but the index, by their paths. */
  public Map<String, Asset> files() {
    return files;
  }

  private static byte[] script() {
    String library = libraryFolder();
    return Bundle.of(
            MAIN,
            path ->
                new String(
                    read(
                        path.startsWith(LIBRARY)
                            ? library + path.substring(LIBRARY.length())
                            : FILES + path),
                    StandardCharsets.UTF_8))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static TreeSet<String> names(String template) {
    TreeSet<String> names = new TreeSet<>();
    NAMED.matcher(template).results().map(Assets::name).forEach(names::add);
    return names;
  }

  private static String name(MatchResult match) {
    return match.group(1);
  }

  private static String libraryFolder() {
    Properties pom = new Properties();
    try (InputStream in = open(LIBRARY_POM)) {
      pom.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + LIBRARY_POM, e);
    }
    return "/META-INF/resources/_static/lit-html/" + pom.getProperty("version") + "/";
  }

  private static byte[] read(String resource) {
    try (InputStream in = open(resource)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + resource, e);
    }
  }

  private static InputStream open(String resource) {
    InputStream in = Assets.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException("the console's file " + resource + " is missing");
    }
    return in;
  }

  private static String hash(String template, Map<String, byte[]> contents) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(template.getBytes(StandardCharsets.UTF_8));
      contents.forEach((name, bytes) -> {
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
      });
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static Asset asset(String name, byte[] bytes) {
    return new Asset(type(name), bytes, gzip(bytes));
  }

  private static String type(String name) {
    String ending = name.substring(name.lastIndexOf('.') + 1);
    return switch (ending) {
      case "html" -> "text/html; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "svg" -> "image/svg+xml";
      default -> throw new IllegalStateException("no content type is known for " + name);
    };
  }

  private static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2);
    try (GZIPOutputStream gzip = new Best(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("compressing", e);
    }
    return out.toByteArray();
  }

  /** Done once, sent often. */
  private static final class Best extends GZIPOutputStream {
    Best(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
