package dev.baton.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TemplateTest {

  private final Requests requests = new Requests(Target.local(1), "p");

  private static String rendered(Template template, int number, long version) {
    ByteBuffer out = ByteBuffer.allocate(4096);
    template.render(out, number, version);
    return StandardCharsets.US_ASCII.decode(out).toString();
  }

  @Test
  void everyPlaceOfTheIdIsFilledIn() {
    String request = rendered(requests.createTask("g"), 7, 0);
    assertThat(request).doesNotContain(Template.ID).contains("\"id\":\"" + requests.id(7) + "\"");
    assertThat(request).contains("\"resonate:origin\":\"" + requests.id(7) + "\"");
  }

  @Test
  void aTemplateCanBeUsedAgainForAShorterVersion() {
    Template acquire = requests.acquire("w", 1000);
    rendered(acquire, 1, 12345);
    assertThat(rendered(acquire, 1, 6)).contains("\"version\":     6,");
  }

  @Test
  void theContentLengthIsThatOfTheBody() {
    String request = rendered(requests.fulfill(), 3, 10);
    String[] parts = request.split("\r\n\r\n");
    assertThat(parts[0]).contains("content-length: " + parts[1].length());
  }
}
