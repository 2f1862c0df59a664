package dev.baton.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority of its own, and a server's certificate that it has signed, as PEM files. */
public final class Certificates {

  private static final String PASSWORD = "secret";

  private final Path folder;

  private Certificates(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes them in a folder.
   *
   * @param name whom the server's certificate is for, such as {@code ip:127.0.0.1}
   */
  public static Certificates make(Path folder, String name) {
    Certificates made = new Certificates(folder);
    Path store = folder.resolve("keys.p12");
    keytool(store, "ca", "-ext", "bc:c");
    keytool(store, "server", "-signer", "ca", "-ext", "san=" + name);
    try (InputStream in = Files.newInputStream(store)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, PASSWORD.toCharArray());
      pem(made.authority(), "CERTIFICATE", keys.getCertificate("ca").getEncoded());
      pem(made.certificate(), "CERTIFICATE", keys.getCertificate("server").getEncoded());
      pem(made.key(), "PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
    } catch (IOException e) {
      throw new UncheckedIOException("making certificates", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("making certificates", e);
    }
    return made;
  }

  private static void keytool(Path store, String alias, String... further) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-alias",
                alias,
                "-dname",
                "CN=" + alias,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "2"));
    command.addAll(List.of(further));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool: " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("running keytool", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void pem(Path file, String what, byte[] content) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(what, text));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  /** The certificate of the authority. */
  public Path authority() {
    return folder.resolve("ca.pem");
  }

  /** The server's certificate. */
  public Path certificate() {
    return folder.resolve("server.pem");
  }

  /** The server's key, which only its owner may read. */
  public Path key() {
    return folder.resolve("server.key");
  }
}
