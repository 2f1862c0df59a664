package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BrowserTest {

  @Test
  void theAddressSignsIn() {
    assertThat(Browser.address("http://127.0.0.1:7", null))
        .isEqualTo("http://127.0.0.1:7/console/");
    assertThat(Browser.address("http://h/baton/", "a.b-c_d+&"))
        .isEqualTo("http://h/baton/console/#token=a.b-c_d%2B%26");
  }

  @Test
  void whereThereIsNoScreenThereIsNoBrowser() {
    assertThat(Browser.opener("Linux", Map.of())).isNull();
    assertThat(Browser.opener("Linux", Map.of("DISPLAY", ""))).isNull();
    assertThat(Browser.opener("Linux", Map.of("DISPLAY", ":0"))).containsExactly("xdg-open");
    assertThat(Browser.opener("Linux", Map.of("WAYLAND_DISPLAY", "w"))).containsExactly("xdg-open");
    assertThat(Browser.opener("Mac OS X", Map.of())).containsExactly("open");
    assertThat(Browser.opener("Windows 11", Map.of())).contains("url.dll,FileProtocolHandler");
  }

  @Test
  void theAddressOfANamedServerIsPrinted() {
    CommandLine line = Main.commandLine();
    StringWriter out = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    int code =
        line.execute("console", "--server", "http://localhost:8001", "-T", "t.t.t", "--no-browser");
    assertThat(code).isZero();
    assertThat(out.toString().strip()).isEqualTo("http://localhost:8001/console/#token=t.t.t");
  }
}
