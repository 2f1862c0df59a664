package dev.baton.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.Envelope;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRecord;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import dev.baton.protocol.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoundTripTest {

  private static final String ODD = "\"\\\u0000\n\u007fü€\ud83d\ude00\u2028";
  private static final Value FULL = new Value(Map.of("h", ODD), ODD);

  private static final PromiseRecord PENDING =
      new PromiseRecord(
          ODD, PromiseRecord.State.PENDING, FULL, Value.EMPTY, Map.of(ODD, ODD), 9, -1, null);

  private static final PromiseRecord SETTLED =
      new PromiseRecord(
          "p",
          PromiseRecord.State.REJECTED_CANCELED,
          Value.EMPTY,
          new Value(Map.of(), ""),
          Map.of("a", "1", "b", "2"),
          Long.MAX_VALUE,
          Long.MIN_VALUE,
          0L);

  private static final TaskRecord HELD =
      new TaskRecord("t", TaskRecord.State.ACQUIRED, 3, 2, Long.MAX_VALUE, "pid");

  private static final TaskRecord FULFILLED =
      new TaskRecord("t", TaskRecord.State.FULFILLED, 0, 0, null, null);

  private static final ScheduleRecord SCHEDULE =
      new ScheduleRecord("s", "* * * * *", "p{{.id}}", 5, FULL, Map.of("k", "v"), 1, 2, 3L);

  static List<Request> requests() {
    var create = new PromiseRequest.Create(ODD, Long.MAX_VALUE, FULL, Map.of("k", ODD));
    var settle = new PromiseRequest.Settle("x", PromiseRecord.State.REJECTED, FULL);
    return List.of(
        new PromiseRequest.Get(ODD),
        create,
        new PromiseRequest.Create("x", 0, Value.EMPTY, Map.of()),
        settle,
        new PromiseRequest.RegisterCallback("x", "y"),
        new PromiseRequest.RegisterListener("x", "y"),
        new PromiseRequest.Search(null, null, null, null),
        new PromiseRequest.Search(PromiseRecord.State.PENDING, Map.of("k", "v"), 5L, "x"),
        new TaskRequest.Get("x"),
        new TaskRequest.Create("p", Long.MAX_VALUE, create),
        new TaskRequest.Acquire("x", 1, "p", 5),
        new TaskRequest.Release("x", 1),
        new TaskRequest.Fulfill("x", 1, settle),
        new TaskRequest.Suspend(
            "x",
            1,
            List.of(
                new PromiseRequest.RegisterCallback("y", "x"),
                new PromiseRequest.RegisterCallback("z", "x"))),
        new TaskRequest.Suspend("x", 1, List.of()),
        new TaskRequest.Fence("x", 1, new FenceAction.Create(create)),
        new TaskRequest.Fence("x", 1, new FenceAction.Settle(settle)),
        new TaskRequest.Fence("x", 1, new FenceAction.Settle(settle), false),
        new TaskRequest.Heartbeat("p", List.of()),
        new TaskRequest.Heartbeat("p", List.of(new TaskRequest.TaskRef("x", 1))),
        new TaskRequest.Halt("x"),
        new TaskRequest.Continue("x"),
        new TaskRequest.Search(null, null, null),
        new TaskRequest.Search(TaskRecord.State.HALTED, 5L, "x"),
        new ScheduleRequest.Create("s", "* * * * *", "p", 5, FULL, Map.of("k", "v")),
        new ScheduleRequest.Update(
            new ScheduleRequest.Create("s", "* * * * *", "p", 5, FULL, Map.of("k", "v"))),
        new ScheduleRequest.Pause("s"),
        new ScheduleRequest.Resume("s"),
        new ScheduleRequest.Get("s"),
        new ScheduleRequest.Delete("s"),
        new ScheduleRequest.Search(null, null, null),
        new ScheduleRequest.Search(Map.of("k", "v"), 5L, "x"),
        new DebugRequest.Start(),
        new DebugRequest.Stop(),
        new DebugRequest.Reset(),
        new DebugRequest.Tick(-5),
        new DebugRequest.Snap());
  }

  @ParameterizedTest
  @MethodSource("requests")
  void aRequestArrivesAsItWasSent(Request request) {
    for (var head :
        List.of(new Envelope.Head(ODD, null, null), new Envelope.Head("", "jwt", -5L))) {
      var incoming = (Incoming.Accepted) EnvelopeReader.read(RequestWriter.write(request, head));
      assertThat(incoming.kind()).isEqualTo(request.kind());
      assertThat(incoming.head()).isEqualTo(head);
      assertThat(RequestReader.read(incoming.kind(), incoming.data()))
          .isEqualTo(new Decoded.Valid(request));
    }
  }

  @Test
  void allKindsAreCovered() {
    // 26 of the protocol, and three of ours for schedules.
    assertThat(requests().stream().map(Request::kind).distinct()).hasSize(26 + 3);
  }

  @Test
  void whatNobodyCouldReadIsNotWritten() {
    var fence = new TaskRequest.Fence("x", 1, new FenceAction.Malformed(null, "text"));
    assertThatThrownBy(() -> RequestWriter.write(fence, "c", null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  static Stream<Arguments> responses() {
    var both = List.of(PENDING, SETTLED);
    var ofPromise = new Response.OfPromise(PENDING);
    return Stream.of(
        Arguments.of("promise.get", Response.ok(ofPromise)),
        Arguments.of("promise.create", Response.ok(new Response.OfPromise(SETTLED))),
        Arguments.of("promise.settle", Response.failure(404, ODD)),
        Arguments.of("promise.register_callback", Response.ok(ofPromise)),
        Arguments.of("promise.register_listener", Response.ok(ofPromise)),
        Arguments.of("promise.search", Response.ok(new Response.PromisePage(both, ODD))),
        Arguments.of("promise.search", Response.ok(new Response.PromisePage(List.of(), null))),
        Arguments.of("task.get", Response.ok(new Response.OfTask(FULFILLED))),
        Arguments.of("task.create", Response.ok(new Response.Acquired(HELD, PENDING, both))),
        Arguments.of("task.acquire", Response.ok(new Response.Acquired(HELD, PENDING, List.of()))),
        Arguments.of("task.release", Response.ok()),
        Arguments.of("task.fulfill", Response.ok(ofPromise)),
        Arguments.of("task.suspend", Response.ok()),
        Arguments.of("task.suspend", new Response(300, new Response.Preload(both))),
        Arguments.of(
            "task.fence",
            Response.ok(new Response.Fenced("promise.create", Response.ok(ofPromise), both))),
        Arguments.of(
            "task.fence",
            Response.ok(
                new Response.Fenced(
                    "promise.settle", Response.failure(404, "Promise not found"), List.of()))),
        Arguments.of("task.heartbeat", Response.ok()),
        Arguments.of("task.halt", Response.ok()),
        Arguments.of("task.continue", Response.failure(409, "Task is not halted")),
        Arguments.of(
            "task.search", Response.ok(new Response.TaskPage(List.of(HELD, FULFILLED), "t"))),
        Arguments.of("schedule.create", Response.ok(new Response.OfSchedule(SCHEDULE))),
        Arguments.of("schedule.update", Response.ok(new Response.OfSchedule(SCHEDULE))),
        Arguments.of("schedule.pause", Response.ok(new Response.OfSchedule(SCHEDULE))),
        Arguments.of("schedule.resume", Response.ok(new Response.OfSchedule(SCHEDULE))),
        Arguments.of("schedule.get", Response.ok(new Response.OfSchedule(SCHEDULE))),
        Arguments.of("schedule.delete", Response.ok()),
        Arguments.of(
            "schedule.search",
            Response.ok(new Response.SchedulePage(List.of(SCHEDULE, SCHEDULE), null))),
        Arguments.of("debug.start", Response.ok()),
        Arguments.of("debug.stop", Response.ok()),
        Arguments.of("debug.reset", Response.ok()),
        Arguments.of("debug.tick", Response.ok(new Response.Ticked())),
        Arguments.of("debug.tick", Response.failure(400, "no")),
        Arguments.of("debug.snap", Response.ok(snapshot())));
  }

  private static Response.Snapshot snapshot() {
    return new Response.Snapshot(
        List.of(PENDING),
        List.of(new Response.Snapshot.Timeout("p", 5)),
        List.of(new Response.Snapshot.Callback("awaiter", "awaited")),
        List.of(new Response.Snapshot.Listener("p", "address")),
        List.of(HELD),
        List.of(new Response.Snapshot.TaskTimeout("t", 1, 6)),
        List.of(
            new Response.Snapshot.QueuedMessage("a", new Message.Execute("", "t", 3)),
            new Response.Snapshot.QueuedMessage("b", new Message.Unblock(SETTLED))));
  }

  @ParameterizedTest
  @MethodSource("responses")
  void anAnswerArrivesAsItWasGiven(String kind, Response response) {
    assertThat(ResponseReader.read(ResponseWriter.write(kind, ODD, response), kind, ODD))
        .isEqualTo(response);
  }

  @Test
  void anAnswerOnTheWireLooksLikeTheProtocols() {
    assertThat(
            utf8(
                ResponseWriter.write(
                    "promise.get",
                    "c1",
                    Response.ok(
                        new Response.OfPromise(
                            new PromiseRecord(
                                "x",
                                PromiseRecord.State.PENDING,
                                Value.EMPTY,
                                Value.EMPTY,
                                Map.of(),
                                5,
                                1,
                                null))))))
        .isEqualTo(
            """
            {"kind":"promise.get","head":{"corrId":"c1","status":200,"version":"2026-04-01"},\
            "data":{"promise":{"id":"x","state":"pending","param":{},"value":{},"tags":{},\
            "timeoutAt":5,"createdAt":1}}}\
            """);
    assertThat(utf8(ResponseWriter.write("task.halt", "", Response.ok())))
        .isEqualTo(
            "{\"kind\":\"task.halt\",\"head\":{\"corrId\":\"\",\"status\":200,"
                + "\"version\":\"2026-04-01\"},\"data\":{}}");
    assertThat(utf8(ResponseWriter.write("k", "c", Response.failure(409, "Version mismatch"))))
        .endsWith("\"data\":\"Version mismatch\"}");
    assertThat(utf8(ResponseWriter.write("debug.tick", "c", Response.ok(new Response.Ticked()))))
        .endsWith("\"data\":[]}");
  }

  @Test
  void aFencesInnerAnswerCarriesTheOuterCorrId() {
    var fenced =
        new Response.Fenced(
            "promise.settle", Response.failure(404, "Promise not found"), List.of());
    assertThat(utf8(ResponseWriter.write("task.fence", "c9", Response.ok(fenced))))
        .contains(
            "\"action\":{\"kind\":\"promise.settle\",\"head\":{\"corrId\":\"c9\",\"status\":404,"
                + "\"version\":\"2026-04-01\"},\"data\":\"Promise not found\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>502 Bad Gateway</html>",
        "[]",
        "{}",
        "{'kind':'promise.get','head':{'corrId':'c','status':200,'version':'2026-04-01'}}",
        "{'kind':'promise.get','head':{'corrId':'c','version':'2026-04-01'},'data':{}}",
        "{'kind':'promise.get','head':{'corrId':'c','status':200},'data':{}}",
        "{'kind':'promise.get','head':{'corrId':'c','status':200},'data':{'promise':{}}}",
        "{'kind':'promise.get','head':{'corrId':'c','status':200},'data':'text'}",
        "{'kind':'promise.get','head':{'corrId':'c','status':404},'data':{}}",
        "{'kind':'promise.get','head':{'corrId':'other','status':404},'data':'text'}",
        "{'kind':'task.get','head':{'corrId':'c','status':404},'data':'text'}",
        "{'kind':'promise.get','head':{'corrId':'c','status':200},'data':{'promise':{'id':'x',"
            + "'state':'pending','param':{},'value':{},'tags':{},'timeoutAt':1,'createdAt':1,"
            + "'settledAt':1}}}",
        "{'kind':'promise.get','head':{'corrId':'c','status':200},'data':{'promise':{'id':'x',"
            + "'state':'settled','param':{},'value':{},'tags':{},'timeoutAt':1,'createdAt':1}}}",
      })
  void whatIsNoAnswerIsTold(String body) {
    assertThatThrownBy(() ->
            ResponseReader.read(
                body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "promise.get", "c"))
        .isInstanceOf(MalformedResponseException.class)
        .hasMessageContaining("promise.get");
  }

  @Test
  void aRefusalWithoutAnEchoIsAnAnswer() {
    var body =
        ResponseWriter.write("unknown", "0", Response.failure(400, "Invalid request envelope: x"));
    assertThat(ResponseReader.read(body, "promise.get", "c"))
        .isEqualTo(Response.failure(400, "Invalid request envelope: x"));
  }

  @Test
  void unknownMembersOfAnAnswerAreIgnored() {
    var body =
        "{'more':1,'kind':'task.get','head':{'corrId':'c','status':200,'more':[]},'data':{'more':"
            + "null,'task':{'id':'t','state':'suspended','version':1,'resumes':0,'more':{}}}}";
    assertThat(
            ResponseReader.read(
                body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "task.get", "c"))
        .isEqualTo(
            Response.ok(
                new Response.OfTask(
                    new TaskRecord("t", TaskRecord.State.SUSPENDED, 1, 0, null, null))));
  }

  static List<Message> messages() {
    return List.of(
        new Message.Execute("http://localhost:8001", ODD, Long.MAX_VALUE),
        new Message.Unblock(SETTLED),
        new Message.Settled("foo.1", 3),
        new Message.Unblock(
            new PromiseRecord(
                ODD, PromiseRecord.State.RESOLVED, FULL, FULL, Map.of(ODD, ODD), 9, 1, 2L)));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void aMessageArrivesAsItWasSentInAscii(Message message) {
    var bytes = MessageWriter.write(message);
    for (byte b : bytes) {
      assertThat(b).isBetween((byte) 0x20, (byte) 0x7F);
    }
    assertThat(MessageReader.read(bytes)).isEqualTo(message);
  }

  @Test
  void anExecuteMessageLooksLikeTheProtocols() {
    assertThat(utf8(MessageWriter.write(new Message.Execute("http://localhost:8001", "foo", 0))))
        .isEqualTo(
            "{\"kind\":\"execute\",\"head\":{\"serverUrl\":\"http://localhost:8001\"},"
                + "\"data\":{\"task\":{\"id\":\"foo\",\"version\":0}}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{'kind':'later','head':{},'data':{}}",
        "{'kind':'execute','head':{},'data':{}}",
        "{'kind':'execute','head':{},'data':{'task':{'id':'x','version':'1'}}}",
        "{'kind':'execute','data':{'task':{'id':'x','version':1}}}",
        "{'kind':'unblock','head':{},'data':{'promise':{'id':'x','state':'resolved','param':{},"
            + "'value':{},'tags':{},'timeoutAt':1,'createdAt':1}}}",
      })
  void whatIsNoMessageIsDropped(String json) {
    assertThat(MessageReader.read(json.replace('\'', '"'))).isNull();
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
