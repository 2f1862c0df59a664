package dev.baton.kubectl;

import dev.baton.protocol.Printable;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Opens the server's console in a browser, and keeps the way to it open. */
@Command(
    name = "console",
    description =
        "opens the server's console in the browser, through a forwarded port, until Ctrl-C")
final class OpenConsole implements Runnable {

  @Mixin Options options = new Options();

  @Option(
      names = "--no-browser",
      description = "prints the address instead; it holds the token, which signs you in")
  boolean isPrinted;

  @Spec @Nullable CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = Objects.requireNonNull(spec, "set by picocli").commandLine().getOut();
    Session session = Session.open(options);
    Runtime.getRuntime().addShutdownHook(new Thread(session::close, "close the tunnel"));
    String address = Browser.address(session.url(), session.token());
    if (!isPrinted && Browser.open(address)) {
      out.println("The console is at " + Browser.address(session.url(), null));
    } else {
      out.println(Printable.of(address));
    }
    if (session.isTunnel()) {
      out.println("The port is forwarded until Ctrl-C");
      out.flush();
      await();
    }
    session.close();
  }

  private static void await() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
