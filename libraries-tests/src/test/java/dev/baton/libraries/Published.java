package dev.baton.libraries;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/**
 * A module's jar and pom as they would be published: what the build has left in its {@code target}.
 *
 * @param artifact such as {@code baton-sdk}
 */
record Published(String artifact) {

  /** Of all modules. */
  static final String VERSION = required("baton.version");

  /** What the BOM names. */
  static List<Published> libraries() {
    return new Published("baton-bom").managed().stream().map(Published::new).toList();
  }

  static String required(String property) {
    var value = System.getProperty(property);
    if (value == null) {
      throw new IllegalStateException(property + " is not set: run these tests with mvn verify");
    }
    return value;
  }

  private Path target() {
    return Path.of("..", artifact.substring("baton-".length()), "target");
  }

  Path pom() {
    return existing(target().resolve(".flattened-pom.xml"));
  }

  /** The jar; without a version in its name where a Dockerfile copies it. */
  Path jar() {
    var plain = target().resolve(artifact + ".jar");
    return Files.exists(plain)
        ? plain
        : existing(target().resolve(artifact + "-" + VERSION + ".jar"));
  }

  private static Path existing(Path file) {
    if (!Files.exists(file)) {
      throw new IllegalStateException(
          file + " is not there: run mvn -pl libraries-tests -am verify, which packages it");
    }
    return file;
  }

  Manifest manifest() throws IOException {
    try (var jar = new JarFile(jar().toFile())) {
      return jar.getManifest();
    }
  }

  /** The versions of the class files, such as 65 for Java 21. */
  List<Integer> classVersions() throws IOException {
    try (var jar = new JarFile(jar().toFile())) {
      return jar.stream()
          .filter(entry -> entry.getName().endsWith(".class"))
          .map(entry -> {
            try (var in = jar.getInputStream(entry)) {
              var head = in.readNBytes(8);
              return (head[6] & 0xff) << 8 | head[7] & 0xff;
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .distinct()
          .toList();
    }
  }

  Document document() {
    try {
      return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom().toFile());
    } catch (ParserConfigurationException | SAXException | IOException e) {
      throw new IllegalStateException("could not read " + pom(), e);
    }
  }

  private List<String> managed() {
    var management = (Element) document().getElementsByTagName("dependencyManagement").item(0);
    return elements(management, "artifactId").map(Element::getTextContent).toList();
  }

  /** All elements of that name below. */
  static Stream<Element> elements(Element within, String name) {
    var found = within.getElementsByTagName(name);
    return Stream.iterate(0, i -> i + 1).limit(found.getLength()).map(i -> (Element) found.item(i));
  }

  /** Copies both to where a repository has them. */
  void copyInto(Path repository) {
    var directory = repository.resolve("dev/baton").resolve(artifact).resolve(VERSION);
    var name = artifact + "-" + VERSION;
    try {
      Files.createDirectories(directory);
      Files.copy(pom(), directory.resolve(name + ".pom"));
      if (!artifact.equals("baton-bom")) {
        Files.copy(jar(), directory.resolve(name + ".jar"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("could not copy " + artifact, e);
    }
  }
}
