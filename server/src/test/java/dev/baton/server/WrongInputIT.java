package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever comes in, the answer says what is wrong with it, and the server goes on. */
class WrongInputIT {

  private static BatonServer server;
  private static Client client;

  @BeforeAll
  static void start() {
    server = Servers.start(Servers.memory().set(Key.SERVER_MAX_ID_LENGTH, "100"));
    client = new Client(server.port());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          no JSON            | nonsense | Invalid request envelope
          an empty body      | ~~ | Invalid request envelope
          an array           | [] | Invalid request envelope
          no kind            | {"head":{"corrId":"c","version":"2026-04-01"},"data":{}} | kind
          another version    | {"kind":"promise.get","head":{"corrId":"c","version":"1"},"data":{"id":"x"}} | Unsupported protocol version '1'
          no data            | {"kind":"promise.get","head":{"corrId":"c","version":"2026-04-01"}} | data
          an unknown kind    | {"kind":"promise.eat","head":{"corrId":"c","version":"2026-04-01"},"data":{}} | Unknown operation: promise.eat
          debugging is off   | {"kind":"debug.reset","head":{"corrId":"c","version":"2026-04-01"},"data":{}} | Debug operations are disabled
          """)
  void envelopes(String name, String body, String text) {
    Client.Answer answer = client.post(body == null ? "" : body);
    assertThat(answer.status()).isEqualTo(name.startsWith("debug") ? 403 : 400);
    assertThat(answer.body().path("head").path("status").asInt()).isEqualTo(answer.status());
    assertThat(answer.data().asText()).contains(text);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          missing field      | promise.get    | {} | id
          empty id           | promise.get    | {'id':''} | Promise ID is required
          wrong type         | promise.create | {'id':'x','timeoutAt':'soon'} | timeoutAt
          too large          | promise.create | {'id':'x','timeoutAt':9223372036854775808} | must be a 64-bit integer, not an integer of more than 64 bits
          a fraction         | promise.create | {'id':'x','timeoutAt':5.0} | must be a 64-bit integer, not a number with a fraction
          negative timeout   | promise.create | {'id':'x','timeoutAt':-1} | TimeoutAt must be a non-negative integer
          negative ttl       | task.acquire   | {'id':'x','version':0,'pid':'p','ttl':-1} | TTL must be a positive integer
          empty pid          | task.acquire   | {'id':'x','version':0,'pid':'','ttl':1} | Process ID is required
          unknown scheme     | promise.create | {'id':'x','timeoutAt':99999999999999,'tags':{'resonate:target':'carrier://pigeon'}} | Invalid resonate:target address
          empty group        | promise.create | {'id':'x','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@'}} | Invalid resonate:target address
          settle as pending  | promise.settle | {'id':'x','state':'pending'} | state
          no actions         | task.suspend   | {'id':'x','version':1,'actions':[]} | Actions array cannot be empty
          """)
  void requests(String name, String kind, String data, String text) {
    Client.Answer answer = client.call(kind, data);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.data().asText()).contains(text);
    assertThat(answer.body().path("kind").asText()).isEqualTo(kind);
    assertThat(answer.body().path("head").path("corrId").asText()).isEqualTo("c");
  }

  @Test
  void anIdThatIsTooLongIsNamedWithItsLimit() {
    Client.Answer answer =
        client.call("promise.create", "{'id':'%s','timeoutAt':9}".formatted("x".repeat(101)));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.data().asText()).contains("id has 101 characters", "server.max_id_length");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          task.create               | {'pid':'%s','ttl':1,'action':{'kind':'promise.create','head':{},'data':{'id':'x','timeoutAt':9,'tags':{'resonate:target':'poll://any@g'}}}} | pid has 101
          task.create               | {'pid':'w','ttl':1,'action':{'kind':'promise.create','head':{},'data':{'id':'%s','timeoutAt':9,'tags':{'resonate:target':'poll://any@g'}}}} | action.data.id has 101
          task.acquire              | {'id':'x','version':0,'pid':'%s','ttl':1} | pid has 101
          task.fence                | {'id':'x','version':0,'action':{'kind':'promise.create','data':{'id':'%s','timeoutAt':9}}} | action.data.id has 101
          promise.register_listener | {'awaited':'x','address':'poll://any@g/%s'} | address has 114
          promise.create            | {'id':'x','timeoutAt':9,'tags':{'resonate:target':'poll://any@%s'}} | tags.resonate:target has 112
          schedule.create           | {'id':'%s','cron':'* * * * *','promiseId':'p','promiseTimeout':1} | id has 101
          schedule.create           | {'id':'s','cron':'* * * * *','promiseId':'%s','promiseTimeout':1} | promiseId makes ids of 101
          schedule.create           | {'id':'0123456789','cron':'* * * * *','promiseId':'{{.id}}{{.id}}{{.id}}{{.id}}{{.id}}{{.id}}{{.id}}{{.id}}{{.id}}{{.timestamp}}','promiseTimeout':1} | promiseId makes ids of 109
          """)
  void whatWouldBeKeptAndIsTooLongIsNamed(String kind, String data, String text) {
    Client.Answer answer = client.call(kind, data.replace("%s", "x".repeat(101)));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.data().asText()).contains(text, "server.max_id_length allows 100");
  }

  @Test
  void aBodyAtTheLimitIsTakenAndOneByteMoreIsRefused() {
    String frame =
        "{\"kind\":\"promise.get\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},"
            + "\"data\":{\"id\":\"none\",\"pad\":\"%s\"}}";
    int room = 2_097_152 - frame.length() + 2;
    assertThat(client.post(frame.formatted("x".repeat(room))).status()).isEqualTo(404);
    Client.Answer refused = client.post(frame.formatted("x".repeat(room + 1)));
    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.body().path("text").asText()).contains("server.max_body_bytes");
  }

  @Test
  void aBodyOfTenMegabytesIsRefusedAndTheConnectionGoesOn() {
    assertThat(client.post("x".repeat(10_000_000)).status()).isEqualTo(413);
    assertThat(client.call("promise.get", "{'id':'none'}").status()).isEqualTo(404);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          GET    | /                               | 405 | -
          DELETE | /health                         | 405 | -
          GET    | /nowhere                        | 404 | -
          GET    | /poll/only-one                  | 404 | -
          POST   | /poll/g/w                       | 405 | -
          GET    | /poll//w                        | 400 | group
          GET    | /poll/g/                        | 400 | id
          GET    | /poll/g%00/w                    | 400 | null bytes
          GET    | /poll/g/w%00                    | 400 | null bytes
          GET    | /poll/g/w?slots=0               | 400 | slots must be an integer from 1
          GET    | /poll/g/w?slots=many            | 400 | 'many'
          GET    | /poll/g/w?keep-alive=99         | 400 | keep-alive must be an integer from 100
          GET    | /poll/g/w?keep-alive=soon       | 400 | 'soon'
          POST   | /groups                         | 405 | -
          GET    | /groups/                        | 400 | group
          PATCH  | /groups/g                       | 405 | -
          PUT    | /groups/g%00                    | 400 | null bytes
          POST   | /groups/g/workers/w%00/drain    | 400 | null bytes
          POST   | /groups/g/workers/w/explode     | 404 | action must be drain, gone or resume
          POST   | /groups/g/workers/w/drain?by=x  | 400 | by must be pid or address
          GET    | /groups/g/workers/w/drain       | 405 | -
          POST   | /groups/g/others/w/drain        | 404 | -
          GET    | /promises/x                     | 410 | -
          GET    | /calls?limit=0                  | 400 | limit must be an integer from 1 to 200, not
          GET    | /calls?attempts=few             | 400 | attempts must be an integer from 0 to 2147483647, not
          GET    | /calls?order=recent&cursor=x    | 400 | cursor must be one that a page before ended with, not
          GET    | /calls/x/tree?limit=201         | 400 | limit must be an integer from 1 to 200, not
          GET    | /live                           | 400 | view must be groups, group:NAME or call:ID
          GET    | /live?view=groups&lastEventid=1 | 400 | there is no parameter 'lastEventid' here; there are view, lastEventId
          GET    | /calls?grp=mail                 | 400 | there is no parameter 'grp' here; there are order, state, group
          GET    | /calls?group=a&group=b          | 400 | group must be given once
          GET    | /calls/x?limit=1                | 400 | there is no parameter 'limit' here; none is taken
          GET    | /calls/x/param?raw              | 400 | 'raw'
          GET    | /calls/x/tree?depth=1           | 400 | there are limit, cursor
          GET    | /console/api/cron?cron=@daily   | 400 | there are expression, from
          GET    | /whoami?now                     | 400 | 'now'
          GET    | /groups?group=mail              | 400 | 'group'
          GET    | /groups/mail?workers=1          | 400 | 'workers'
          POST   | /groups/g/workers/w/gone?buy=address | 400 | there is no parameter 'buy' here; there are by, run
          POST   | /live/none                      | 404 | no such stream
          """)
  void paths(String method, String path, int status, String text) {
    Client.Answer answer = client.send(method, path, method.equals("GET") ? null : "");
    assertThat(answer.status()).isEqualTo(status);
    if (text != null) {
      assertThat(answer.raw().body()).contains(text);
    }
    if (status == 405) {
      assertThat(answer.raw().headers().firstValue("allow")).isPresent();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nonsense               | malformed JSON
          []                     | must be an object
          {}                     | slotsPerWorker
          {"slotsPerWorker":0}   | positive integer
          {"slotsPerWorker":"2"} | positive integer
          {"slotsPerWorker":1.5} | positive integer
          {"slotsPerWorker":9999999999} | at most 2147483647, or null, not 9999999999
          {"slotsPerWorker":2}x  | the body is malformed JSON at line 1 column
          {                      | the body is malformed JSON at line 1 column
          """)
  void groupSettings(String body, String text) {
    Client.Answer answer = client.send("PUT", "/groups/g", body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().path("error").asText()).contains(text);
  }

  @Test
  void garbageOnTheWireDoesNotStopTheServer() throws Exception {
    for (String garbage : new String[] {"\u0000\u0001\u0002", "GET", "POST / HTTP/9.9\r\n\r\n"}) {
      try (Socket socket = new Socket("127.0.0.1", server.port())) {
        socket.getOutputStream().write(garbage.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
      }
    }
    assertThat(client.send("GET", "/health", null).status()).isEqualTo(200);
  }

  @Test
  void aRequestThatNeverEndsIsGivenUp() throws IOException {
    try (BatonServer impatient =
            Servers.start(
                Servers.memory()
                    .set(Key.POLL_KEEP_ALIVE, "100")
                    .set(Key.SERVER_IDLE_TIMEOUT, "300"));
        Client kept = new Client(impatient.port());
        Client.Stream _ = kept.open("/poll/g/w");
        Socket socket = new Socket("127.0.0.1", impatient.port())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write("POST / HTTP/1.1\r\nhost: x\r\ncontent-le".getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readAllBytes()).isEmpty();
      assertThat(kept.send("GET", "/groups/g", null).body().get("connectedWorkers").intValue())
          .as("a stream is kept alive")
          .isEqualTo(1);
    }
  }
}
