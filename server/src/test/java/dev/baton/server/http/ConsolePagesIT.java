package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Tokens;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page's files, of a server that asks for tokens: they need none. */
class ConsolePagesIT {

  private static final Pattern SCRIPT = Pattern.compile("src=\"(a/[0-9a-f]{16}/page.js)\"");

  private static BatonServer server;
  private static Client client;

  @BeforeAll
  static void start() {
    server = Servers.start(Servers.memory().set(Key.AUTH_PUBLICKEY, Tokens.of("ES256").pem()));
    client = new Client(server.port());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @Test
  void theWayToThePageIsRelativeSoThatAProxyMayPutItBelowAnyPath() {
    var answer = client.send("GET", "/console", null);
    assertThat(answer.status()).isEqualTo(308);
    assertThat(header(answer, "location")).isEqualTo("console/");
    assertThat(page().raw().body()).doesNotContain("src=\"/").doesNotContain("href=\"/");
  }

  @Test
  void thePageIsAskedForAgainAndItsFilesNever() {
    var page = page();
    assertThat(page.status()).isEqualTo(200);
    assertThat(header(page, "content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(header(page, "cache-control")).isEqualTo("no-cache");
    var same = client.send("GET", "/console/", null, "if-none-match", header(page, "etag"));
    assertThat(same.status()).isEqualTo(304);
    var script = client.send("GET", "/console/" + script(page), null);
    assertThat(script.status()).isEqualTo(200);
    assertThat(header(script, "content-type")).isEqualTo("text/javascript; charset=utf-8");
    assertThat(header(script, "cache-control")).isEqualTo("public, max-age=31536000, immutable");
  }

  @Test
  void whoTakesCompressedFilesGetsThem() {
    String path = "/console/" + script(page());
    var plain = client.send("GET", path, null);
    var small = client.send("HEAD", path, null, "accept-encoding", "br, gzip;q=0.5");
    assertThat(header(small, "content-encoding")).isEqualTo("gzip");
    assertThat(header(small, "vary")).isEqualTo("accept-encoding");
    assertThat(Integer.parseInt(header(small, "content-length")))
        .isLessThan(plain.raw().body().length());
    assertThat(
            header(
                client.send("GET", path, null, "accept-encoding", "gzip;q=0"), "content-encoding"))
        .isEmpty();
  }

  @Test
  void everyAnswerKeepsStrangeScriptsOut() {
    var page = page();
    for (var answer :
        new Client.Answer[] {page, client.send("GET", "/console/" + script(page), null)}) {
      assertThat(header(answer, "content-security-policy"))
          .isEqualTo(
              "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                  + " img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                  + " require-trusted-types-for 'script'; trusted-types lit-html");
      assertThat(header(answer, "x-content-type-options")).isEqualTo("nosniff");
      assertThat(header(answer, "referrer-policy")).isEqualTo("no-referrer");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/console/a/0000000000000000/page.js",
        "/console/index.html",
        "/console/../whoami",
        "/console/a/%2e%2e/index.html",
        "/console//"
      })
  void whatIsNoFileOfThePageIsNotFound(String path) {
    assertThat(client.send("GET", path, null).status()).isIn(400, 404);
  }

  @Test
  void filesAreOnlyRead() {
    var answer = client.send("PUT", "/console/", "");
    assertThat(answer.status()).isEqualTo(405);
    assertThat(header(answer, "allow")).isEqualTo("GET,HEAD");
  }

  private static Client.Answer page() {
    return client.send("GET", "/console/", null);
  }

  private static String script(Client.Answer page) {
    var found = SCRIPT.matcher(page.raw().body());
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  private static String header(Client.Answer answer, String name) {
    return answer.raw().headers().firstValue(name).orElse("");
  }
}
