package dev.baton.server.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.Command;
import dev.baton.core.MemoryState;
import dev.baton.core.Reading;
import dev.baton.core.RequestRules;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.protocol.Addresses;
import dev.baton.protocol.BulkRead;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.json.Decoded;
import dev.baton.protocol.json.EnvelopeReader;
import dev.baton.protocol.json.Incoming;
import dev.baton.protocol.json.RequestReader;
import dev.baton.protocol.json.ResponseReader;
import dev.baton.protocol.json.ResponseWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** From a body's bytes to the bytes of its answer, without a socket. */
class CodecFuzzTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final RequestRules RULES = new RequestRules(RuleSet.Profile.RELEASE);
  private static final StateMachine MACHINE = new StateMachine(RuleSet.DEFAULT);
  private static final long NOW = 1_764_000_000_000L;

  @Provide
  Arbitrary<List<ObjectNode>> conversations() {
    return Bodies.envelopes().list().ofMinSize(1).ofMaxSize(12);
  }

  @Provide
  Arbitrary<byte[]> damaged() {
    return Bodies.damaged();
  }

  /** Any sequence of requests on one state. */
  @Property(seed = "20261124")
  void everyRequestHasAnAnswer(@ForAll("conversations") List<ObjectNode> bodies) throws Exception {
    MemoryState state = new MemoryState(RuleSet.Profile.RELEASE);
    for (ObjectNode body : bodies) {
      checkAnswer(state, body.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  @Property(seed = "20261125")
  void everyDamagedBodyHasAnAnswer(@ForAll("damaged") byte[] body) throws Exception {
    checkAnswer(new MemoryState(RuleSet.Profile.RELEASE), body);
  }

  @Property(seed = "20261126")
  void everyBytesHaveAnAnswer(@ForAll byte[] body) throws Exception {
    checkAnswer(new MemoryState(RuleSet.Profile.RELEASE), body);
  }

  @Property(seed = "20261127")
  void everyTextIsAnAddressOrNot(@ForAll("addresses") String text) {
    var address = Addresses.parse(text);
    assertThat(address == null || !address.toString().isEmpty()).isTrue();
  }

  @Provide
  Arbitrary<String> addresses() {
    return Combinators.combine(
            Arbitraries.of("poll://", "http://", "https://", "gcps://", "bash:", "", "x:"),
            Arbitraries.strings().ofMaxLength(30),
            Arbitraries.of("", "any@g", "[::1]:8", "xn--", "a:99999", "%zz", "@", "/?#"))
        .as((scheme, middle, end) -> scheme + middle + end);
  }

  private static void checkAnswer(MemoryState state, byte[] body) throws Exception {
    String kind = "unknown";
    String corrId = "0";
    Response response;
    switch (EnvelopeReader.read(body)) {
      case Incoming.Refused refused -> {
        kind = refused.kind();
        corrId = refused.corrId();
        response = refused.response();
      }
      case Incoming.Accepted accepted -> {
        kind = accepted.kind();
        corrId = accepted.head().corrId();
        response = answer(state, accepted);
      }
    }
    assertThat(response.status()).isIn(Set.of(200, 300, 400, 404, 409, 422));
    byte[] bytes = ResponseWriter.write(kind, corrId, response);
    JsonNode tree = JSON.readTree(bytes);
    assertThat(tree.path("head").path("status").asInt()).isEqualTo(response.status());
    assertThat(tree.path("kind").asText()).isEqualTo(kind);
    assertThat(tree.path("head").path("corrId").asText()).isEqualTo(corrId);
    if (RequestReader.isKnown(kind)) {
      assertThat(ResponseReader.read(bytes, kind, corrId)).isEqualTo(response);
    }
  }

  private static Response answer(MemoryState state, Incoming.Accepted accepted) {
    return switch (RequestReader.read(accepted.kind(), accepted.data())) {
      case Decoded.Refused(Response refusal, _) -> refusal;
      case Decoded.Valid(Request request) -> {
        Response refusal = RULES.check(request, accepted.head().debugTime());
        if (refusal != null) {
          yield refusal;
        }
        if (request instanceof BulkRead read) {
          yield Reading.answer(read, RuleSet.DEFAULT, state.reader());
        }
        long now = request instanceof DebugRequest.Tick(long time) ? time : NOW;
        var outcome = MACHINE.decide(state, new Command.Client(request), now);
        state.apply(outcome.changes());
        yield outcome.response();
      }
    };
  }
}
