package dev.baton.kubectl;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The browser of whoever sits before this machine, if there is one. */
final class Browser {

  private static final long PATIENCE_SECONDS = 10;

  private Browser() {}

  /**
   * Where the console of a server is; with a token the page signs in by itself, and takes it out of
   * its address at once.
   */
  static String address(String server, @Nullable String token) {
    String base = server.endsWith("/") ? server : server + "/";
    return base
        + "console/"
        + (token == null ? "" : "#token=" + URLEncoder.encode(token, StandardCharsets.UTF_8));
  }

  /**
   * What opens an address, without it; null if nothing does.
   *
   * @param system as {@code os.name} says it
   */
  static @Nullable List<String> opener(String system, Map<String, String> environment) {
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("mac")) {
      return List.of("open");
    }
    if (name.startsWith("windows")) {
      return List.of("rundll32", "url.dll,FileProtocolHandler");
    }
    boolean hasScreen =
        !environment.getOrDefault("DISPLAY", "").isEmpty()
            || !environment.getOrDefault("WAYLAND_DISPLAY", "").isEmpty();
    return hasScreen ? List.of("xdg-open") : null;
  }

  /** Opens an address; answers false if there is no browser. */
  static boolean open(String address) {
    List<String> opener = opener(System.getProperty("os.name", ""), System.getenv());
    if (opener == null) {
      return false;
    }
    String[] command = new String[opener.size() + 1];
    opener.toArray(command);
    command[opener.size()] = address;
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return !process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
