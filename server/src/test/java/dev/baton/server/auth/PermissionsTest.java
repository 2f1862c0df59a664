package dev.baton.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import dev.baton.protocol.Value;
import dev.baton.protocol.json.RequestReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissionsTest {

  private static final Access NOTHING = new Access.Limited(Names.NONE, Names.ALL);
  private static final Access FOO = Access.ofPrefix("foo");

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          promise.get | {'id':'foo.1'} | true
          promise.get | {'id':'foobar'} | true
          promise.get | {'id':'fo'} | false
          promise.get | {'id':5} | true
          promise.get | {} | true
          promise.create | {'id':'bar'} | false
          promise.settle | {'id':'bar'} | false
          promise.register_callback | {'awaited':'foo.1','awaiter':'foo'} | true
          promise.register_callback | {'awaited':'bar','awaiter':'foo'} | false
          promise.register_callback | {'awaited':'foo','awaiter':'bar'} | false
          promise.register_listener | {'awaited':'bar','address':'poll://any@foo'} | false
          promise.register_listener | {'awaited':'foo','address':'poll://any@bar'} | false
          promise.register_listener | {'awaited':'foo','address':'poll://uni@bar/foo'} | false
          promise.register_listener | {'awaited':'foo','address':'poll://uni@foobar/w'} | true
          promise.register_listener | {'awaited':'foo','address':'POLL://uni@%66oo/w'} | true
          promise.register_listener | {'awaited':'foo','address':'poll://uni@legacy%3Afoo/w'} | true
          promise.register_listener | {'awaited':'foo','address':'poll://uni@legacy%3Abar/w'} | false
          promise.register_listener | {'awaited':'foo','address':'http://bar/'} | true
          promise.register_listener | {'awaited':'foo','address':'nowhere'} | true
          promise.register_listener | {'awaited':'foo','address':5} | true
          promise.search | {} | false
          task.get | {'id':'bar'} | false
          task.acquire | {'id':'bar'} | false
          task.release | {'id':'bar'} | false
          task.fulfill | {'id':'bar'} | false
          task.halt | {'id':'bar'} | false
          task.continue | {'id':'bar'} | false
          task.search | {} | false
          task.create | {'action':{'data':{'id':'bar'}}} | false
          task.create | {'action':{'data':{'id':'foo'}}} | true
          task.create | {'action':'foo'} | true
          task.heartbeat | {'pid':'p','tasks':[{'id':'foo'},{'id':'bar'}]} | false
          task.heartbeat | {'pid':'p','tasks':[{'id':'foo'},{}]} | true
          task.heartbeat | {'pid':'p','tasks':'bar'} | true
          task.suspend | {'id':'bar','actions':[]} | false
          task.suspend | {'id':'foo','actions':[{'data':{'awaited':'foo.1'}},{'data':{'awaited':'bar'}}]} | false
          task.suspend | {'id':'foo','actions':[{'data':{'awaited':'foo.1'}},{}]} | true
          task.fence | {'id':'bar','action':{'kind':'promise.settle','data':{'id':'foo.1'}}} | false
          task.fence | {'id':'foo','action':{'kind':'promise.create','data':{'id':'bar'}}} | false
          task.fence | {'id':'foo','action':{'kind':'promise.get','data':{'id':'bar'}}} | false
          task.fence | {'id':'foo','action':{'kind':'promise.create','data':{'id':'foo.1'}}} | true
          task.fence | {'id':'foo','action':{'kind':'promise.settle','data':{'id':'bar','state':'resolved','value':{}}}} | true
          task.fence | {'id':'foo','action':{'kind':'promise.settle','data':{'id':'bar'}}} | false
          task.fence | {'id':'foo','action':'bar'} | true
          schedule.create | {'id':'bar','promiseId':'foo.{{.timestamp}}'} | true
          schedule.create | {'id':'foo','promiseId':'bar'} | false
          schedule.create | {'id':'foo','promiseId':'{{.id}}.{{.timestamp}}'} | true
          schedule.create | {'id':'bar','promiseId':'{{.id}}.{{.timestamp}}'} | false
          schedule.create | {'id':'foo','promiseId':'{{.timestamp}}'} | false
          schedule.get | {'id':'bar'} | false
          schedule.delete | {'id':'bar'} | false
          schedule.search | {} | false
          debug.snap | {} | false
          no.such | {'id':'foo'} | false
          """)
  void aPrefixOpensWhatStartsWithIt(String kind, String data, boolean isAllowed)
      throws JsonProcessingException {
    var tree = new ObjectMapper().readValue(data.replace('\'', '"'), ObjectNode.class);
    var request = RequestReader.read(kind, tree).asRead();
    assertThat(Permissions.allow(FOO, request)).isEqualTo(isAllowed);
    assertThat(Permissions.allow(new Access.Unlimited(), request)).isTrue();
    assertThat(Permissions.allow(NOTHING, request)).isFalse();
  }

  @Test
  void aFenceFindsNothingToSettleOutOfReach() {
    var within = fence("foo.1");
    assertThat(Permissions.narrow(FOO, within)).isSameAs(within);
    var beyond = fence("bar");
    assertThat(Permissions.allow(FOO, beyond)).isTrue();
    assertThat(Permissions.narrow(FOO, beyond))
        .isEqualTo(new TaskRequest.Fence("foo", 1, new FenceAction.OutOfReach(settle("bar"))));
    assertThat(Permissions.narrow(new Access.Unlimited(), beyond)).isSameAs(beyond);
  }

  private static TaskRequest.Fence fence(String settled) {
    return new TaskRequest.Fence("foo", 1, new FenceAction.Settle(settle(settled)));
  }

  private static PromiseRequest.Settle settle(String id) {
    return new PromiseRequest.Settle(id, PromiseRecord.State.RESOLVED, Value.EMPTY);
  }

  @Test
  void aPreloadHoldsNothingOutOfReach() {
    var preload = List.of(promise("bar"), promise("foo.1"));
    var narrowed = Permissions.narrow(FOO, new Response(300, new Response.Preload(preload)));
    assertThat(narrowed)
        .isEqualTo(new Response(300, new Response.Preload(List.of(promise("foo.1")))));
    var all = new Response(300, new Response.Preload(preload));
    assertThat(Permissions.narrow(new Access.Unlimited(), all)).isSameAs(all);
    assertThat(
            Permissions.narrow(
                FOO, Response.ok(new Response.Fenced("promise.get", Response.ok(), preload))))
        .isEqualTo(
            Response.ok(
                new Response.Fenced("promise.get", Response.ok(), List.of(promise("foo.1")))));
  }

  @Test
  void aScheduleThatOthersHaveUnderTheIdIsNotShown() {
    var foreign = Response.ok(new Response.OfSchedule(schedule("bar", "bar.{{.timestamp}}")));
    assertThat(Permissions.narrow(FOO, foreign).status()).isEqualTo(403);
    var own = Response.ok(new Response.OfSchedule(schedule("bar", "foo.{{.timestamp}}")));
    assertThat(Permissions.narrow(FOO, own)).isSameAs(own);
  }

  private static PromiseRecord promise(String id) {
    return new PromiseRecord(
        id, PromiseRecord.State.PENDING, Value.EMPTY, Value.EMPTY, Map.of(), 2, 1, null);
  }

  private static ScheduleRecord schedule(String id, String promiseId) {
    return new ScheduleRecord(id, "* * * * *", promiseId, 1, Value.EMPTY, Map.of(), 1, 2, null);
  }
}
