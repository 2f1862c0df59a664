package dev.baton.server.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Command;
import dev.baton.core.Reader;
import dev.baton.core.Reading;
import dev.baton.core.RequestRules;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.json.Decoded;
import dev.baton.protocol.json.EnvelopeReader;
import dev.baton.protocol.json.Incoming;
import dev.baton.protocol.json.RequestReader;
import dev.baton.protocol.json.ResponseWriter;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.http.Limits;
import dev.baton.server.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.statistics.Statistics;

/**
 * What the edge accepts, a store keeps, and reads again after a restart as it was: the limits of
 * writing are within those of reading.
 */
abstract class ReadableContract {

  private static final long NOW = 1_764_000_000_000L;
  private static final RuleSet RULES = RuleSet.DEFAULT;
  private static final RequestRules REQUEST_RULES = new RequestRules(RULES.profile());
  private static final StateMachine MACHINE = new StateMachine(RULES);

  /** What the edge lets through to that store. */
  Limits limits() {
    return new Limits(ServerConfig.of(new Layers()).http().sizes());
  }

  /** An empty store. */
  abstract Storage open() throws Exception;

  /** The same after a restart, or, if it keeps nothing, as it is. */
  abstract Storage restarted(Storage storage) throws Exception;

  /** Closes the store and removes it. */
  abstract void remove(Storage storage) throws Exception;

  @Provide
  Arbitrary<List<byte[]>> conversations() {
    return Wild.conversations();
  }

  @Property(tries = 100, seed = "20261128", shrinking = ShrinkingMode.OFF)
  void whatTheEdgeAcceptsIsReadAfterARestartAsItWas(
      @ForAll("conversations") List<byte[]> conversation) throws Exception {
    Storage storage = open();
    Limits limits = limits();
    try {
      for (byte[] body : conversation) {
        tell(storage, limits, body);
      }
      List<String> before = everything(storage);
      storage = restarted(storage);
      assertThat(storage.unreadableRows()).isZero();
      assertThat(everything(storage)).isEqualTo(before);
    } finally {
      remove(storage);
    }
    Statistics.coverage(of -> {
      for (String kind :
          List.of("promise.create", "promise.settle", "task.create", "schedule.create")) {
        of.check(kind + " 200").count(count -> count > 30);
      }
      for (String kind :
          List.of("task.acquire", "task.fence", "task.fulfill", "promise.register_listener")) {
        of.check(kind + " 200").count(count -> count > 0);
      }
    });
  }

  private static void tell(Storage storage, Limits limits, byte[] body) {
    if (!(EnvelopeReader.read(body) instanceof Incoming.Accepted accepted)
        || !(RequestReader.read(accepted.kind(), accepted.data()) instanceof Decoded.Valid valid)
        || REQUEST_RULES.check(valid.request(), null) != null
        || limits.check(valid.request()) != null) {
      Statistics.collect("refused");
      return;
    }
    Response response = decide(storage, valid.request());
    assertThat(response.status()).isNotEqualTo(500);
    Statistics.collect(accepted.kind() + " " + response.status());
  }

  private static Response decide(Storage storage, Request request) {
    long now = request instanceof DebugRequest.Tick(long time) ? time : NOW;
    return storage.transact(rows -> {
      var outcome = MACHINE.decide(rows.state(), new Command.Client(request), now);
      rows.save(outcome.changes());
      return outcome.response();
    });
  }

  /** All that the store holds, as clients would be told. */
  private static List<String> everything(Storage storage) {
    List<String> told = new ArrayList<>();
    try (Reader reader = storage.reader()) {
      told.add(text(Reading.answer(new DebugRequest.Snap(), RULES, reader)));
      var schedules = new ScheduleRequest.Search(null, 1_000L, null);
      told.add(text(Reading.answer(schedules, RULES, reader)));
    }
    for (String id : Wild.IDS) {
      for (Request get :
          List.of(
              new PromiseRequest.Get(id), new TaskRequest.Get(id), new ScheduleRequest.Get(id))) {
        told.add(text(decide(storage, get)));
      }
    }
    return told;
  }

  private static String text(Response response) {
    return new String(ResponseWriter.write("k", "c", response), StandardCharsets.UTF_8);
  }
}
