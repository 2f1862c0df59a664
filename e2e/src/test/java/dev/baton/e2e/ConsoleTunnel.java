package dev.baton.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code kubectl baton console}: while it runs, the console of the cluster's server is at a port of
 * this machine.
 */
record ConsoleTunnel(String address, Process process) implements AutoCloseable {

  static ConsoleTunnel open(Path kubeconfig) {
    try {
      var process =
          Shell.builder(
                  List.of(
                      "./kubectl-baton",
                      "console",
                      "--no-browser",
                      "--namespace=" + Cluster.NAMESPACE,
                      "--kubeconfig=" + kubeconfig))
              .start();
      var output = process.inputReader();
      var said = output.readLine();
      if (said == null || !said.startsWith("http://")) {
        process.destroy();
        throw new AssertionError("kubectl baton console said: " + said + output.lines().toList());
      }
      return new ConsoleTunnel(said, process);
    } catch (IOException e) {
      throw new UncheckedIOException("could not run kubectl baton console", e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    if (!Shell.ends(process, 10)) {
      process.destroyForcibly();
      throw new AssertionError("kubectl baton console did not end when it was asked to");
    }
  }
}
