package dev.baton.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.Envelope;
import dev.baton.protocol.Response;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeReaderTest {

  private static final String GOOD =
      "{'kind':'promise.get','head':{'corrId':'a','version':'2026-04-01'},'data':{'id':'x'}}";

  @Test
  void aPlainEnvelopeIsAccepted() {
    assertThat(read(GOOD))
        .isInstanceOfSatisfying(
            Incoming.Accepted.class,
            accepted -> {
              assertThat(accepted.kind()).isEqualTo("promise.get");
              assertThat(accepted.head()).isEqualTo(new Envelope.Head("a", null, null));
              assertThat(accepted.data().get("id").textValue()).isEqualTo("x");
            });
  }

  @Test
  void theWholeHeadIsRead() {
    var text =
        "{'data':{},'head':{'auth':'jwt','resonate:debug_time':-5,'version':'2026-04-01',"
            + "'corrId':''},'kind':'k'}";
    assertThat(((Incoming.Accepted) read(text)).head())
        .isEqualTo(new Envelope.Head("", "jwt", -5L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "  {'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{}}\n",
        "{'more':[1,{}],'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{}}",
        "{'kind':'k','head':{'corrId':'a','version':'2026-04-01','more':{'x':1}},'data':{}}",
        "{'kind':'k','head':{'corrId':'a','version':'2026-04-01','auth':null},'data':{}}",
        "{'kind':'k','head':{'corrId':'a','version':'2026-04-01','resonate:debug_time':null},"
            + "'data':{}}",
        "{'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{'x':1e400}}",
        "{'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{'x':'\\ud83d\\ude00'}}",
        "{'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{'x':'\uFFFD'}}",
      })
  void whatDoesNotMatterIsIgnored(String text) {
    assertThat(read(text)).isInstanceOf(Incoming.Accepted.class);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # row | body                                                                        | kind    | corrId
           1 | {nope                                                                          | unknown | 0
           2 | []                                                                             | unknown | 0
           3 | null                                                                           | unknown | 0
           4 | 'x'                                                                            | unknown | 0
           5 | 5                                                                              | unknown | 0
           6 | {'head':{'corrId':'a','version':'2026-04-01'},'data':{}}                       | unknown | a
           7 | {'kind':1,'head':{'corrId':'a','version':'2026-04-01'},'data':{}}              | unknown | a
           8 | {'kind':null,'head':{'corrId':'a','version':'2026-04-01'},'data':{}}           | unknown | a
           9 | {'kind':'k','data':{}}                                                         | k       | 0
          10 | {'kind':'k','head':[],'data':{}}                                               | k       | 0
          11 | {'kind':'k','head':null,'data':{}}                                             | k       | 0
          12 | {'kind':'k','head':['a','2026-04-01'],'data':{}}                               | k       | 0
          13 | {'kind':'k','head':{'version':'2026-04-01'},'data':{}}                         | k       | 0
          14 | {'kind':'k','head':{'corrId':5,'version':'2026-04-01'},'data':{}}              | k       | 0
          15 | {'kind':'k','head':{'corrId':null,'version':'2026-04-01'},'data':{}}           | k       | 0
          16 | {'kind':'k','head':{'corrId':'a'},'data':{}}                                   | k       | a
          17 | {'kind':'k','head':{'corrId':'a','version':null},'data':{}}                    | k       | a
          18 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01'}}                      | k       | a
          19 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01','auth':5},'data':{}}   | k       | a
          20 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01','resonate:debug_time':'5'},'data':{}} | k | a
          21 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01','resonate:debug_time':5.0},'data':{}} | k | a
          22 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01','resonate:debug_time':9223372036854775808},'data':{}} | k | a
          23 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{}} x          | unknown | 0
          24 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{}} {}         | unknown | 0
          25 | {'kind':'k','kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{}} | k       | a
          26 | {'kind':'k','head':{'corrId':'a','corrId':'b','version':'2026-04-01'},'data':{}} | k     | b
          27 | {'kind':'k','head':{'corrId':'a','version':'1','version':'2026-04-01'},'data':{}} | k    | a
          28 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{},'data':{}}  | k       | a
          29 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'head':{'corrId':'b','version':'2026-04-01'},'data':{}} | k | b
          30 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01','auth':null,'auth':null},'data':{}} | k | a
          31 | {'kind':'k','head':{'corrId':'\\ud800','version':'2026-04-01'},'data':{}}      | unknown | 0
          32 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{'x':'\\uDC00'}} | unknown | 0
          33 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{},'x':'\\ud800'} | unknown | 0
          34 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{'x':01}}      | unknown | 0
          35 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{'x':NaN}}     | unknown | 0
          36 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{'x':1,}}      | unknown | 0
          """)
  void aBrokenEnvelopeIsRefusedWithWhatCanBeEchoed(
      int row, String body, String kind, String corrId) {
    assertRefused(read(body), kind, corrId, "Invalid request envelope: ");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # row | body                                                                     | text
          1 | {'kind':'','head':{'corrId':'a','version':'1'},'data':[]}           | Missing or invalid 'kind' field — must be a non-empty string
          2 | {'kind':'k','head':{'corrId':'a','version':'1'},'data':null}        | Invalid 'data' field — must be an object
          3 | {'kind':'k','head':{'corrId':'a','version':'1'},'data':[]}          | Invalid 'data' field — must be an object
          4 | {'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':'x'} | Invalid 'data' field — must be an object
          5 | {'kind':'k','head':{'corrId':'a','version':'1'},'data':{}}          | Unsupported protocol version '1', supported versions: ["2026-04-01"]
          6 | {'kind':'k','head':{'corrId':'a','version':''},'data':{}}           | Unsupported protocol version '', supported versions: ["2026-04-01"]
          """)
  void theChecksComeInTheProtocolsOrder(int row, String body, String text) {
    assertThat(read(body))
        .isInstanceOfSatisfying(
            Incoming.Refused.class,
            refused -> assertThat(refused.response()).isEqualTo(Response.failure(400, text)));
  }

  @Test
  void anEmptyBodyIsRefused() {
    assertRefused(read(""), "unknown", "0", "Invalid request envelope: ");
  }

  @Test
  void aByteOrderMarkIsRefused() {
    assertRefused(read("\uFEFF" + GOOD), "unknown", "0", "Invalid request envelope: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-32"})
  void otherEncodingsAreRefused(String charset) {
    var bytes = GOOD.replace('\'', '"').getBytes(Charset.forName(charset));
    assertRefused(EnvelopeReader.read(bytes), "unknown", "0", "Invalid request envelope: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"80", "c0af", "eda080", "f5808080", "e282", "ff"})
  void malformedUtf8IsRefused(String hex) {
    var head =
        "{\"kind\":\"k\",\"head\":{\"corrId\":\"a\",\"version\":\"2026-04-01\"},\"data\":{\"x\":\"";
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(HexFormat.of().parseHex(hex));
    bytes.writeBytes("\"}}".getBytes(StandardCharsets.UTF_8));
    assertRefused(
        EnvelopeReader.read(bytes.toByteArray()), "unknown", "0", "Invalid request envelope: ");
  }

  @Test
  void nestingIsLimited() {
    assertThat(read(nested(100))).isInstanceOf(Incoming.Accepted.class);
    assertThat(read(nested(125))).isInstanceOf(Incoming.Accepted.class);
    assertRefused(read(nested(126)), "unknown", "0", "Invalid request envelope: ");
    assertRefused(read(nested(500_000)), "unknown", "0", "Invalid request envelope: ");
  }

  @Test
  void ofAMemberOfTheDataGivenTwiceTheLastCounts() {
    var body = "{'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{'id':1,'id':'x'}}";
    assertThat(((Incoming.Accepted) read(body)).data().get("id").textValue()).isEqualTo("x");
  }

  @Test
  void aNameOrStringAsLongAsTheBodyIsRead() {
    var longText = "n".repeat(2_000_000);
    var body =
        "{'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{'" + longText + "':1}}";
    assertThat(read(body)).isInstanceOf(Incoming.Accepted.class);
  }

  private static String nested(int depth) {
    return "{'kind':'k','head':{'corrId':'a','version':'2026-04-01'},'data':{'d':"
        + "[".repeat(depth)
        + "]".repeat(depth)
        + "}}";
  }

  private static Incoming read(String body) {
    return EnvelopeReader.read(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static void assertRefused(Incoming incoming, String kind, String corrId, String start) {
    assertThat(incoming)
        .isInstanceOfSatisfying(
            Incoming.Refused.class,
            refused -> {
              assertThat(refused.kind()).isEqualTo(kind);
              assertThat(refused.corrId()).isEqualTo(corrId);
              assertThat(refused.response().status()).isEqualTo(400);
              assertThat(((Response.Failure) refused.response().body()).text())
                  .startsWith(start)
                  .doesNotContain("null");
            });
  }
}
