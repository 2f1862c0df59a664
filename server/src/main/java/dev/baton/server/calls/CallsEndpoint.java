package dev.baton.server.calls;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.RowSizes;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import dev.baton.server.auth.Access;
import dev.baton.server.auth.Grant;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.groups.GroupBoard;
import dev.baton.server.http.Addresses;
import dev.baton.server.http.Answers;
import dev.baton.server.http.HttpEdge;
import dev.baton.server.http.JsonAnswers;
import dev.baton.server.http.Parameters;
import dev.baton.server.http.Texts;
import dev.baton.server.memory.Account;
import dev.baton.server.process.Engine;
import dev.baton.server.read.Readers;
import dev.baton.server.record.Event;
import dev.baton.server.record.Ring;
import dev.baton.server.record.SealedPlaces;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /calls}: lists, trees and single calls. Rows are found beside the engine; a step of it
 * only says how the tasks of a page stand.
 */
public final class CallsEndpoint {

  private static final Logger LOG = LoggerFactory.getLogger(CallsEndpoint.class);
  private static final int MOST_NODES = 200;
  private static final int MOST_AWAITERS = 10;
  private static final String OUT_OF_REACH = "Forbidden: the token does not reach this call";

  private final Vertx vertx;
  private final Engine engine;
  private final Readers readers;
  private final Answers answers;
  private final Dispatcher dispatcher;
  private final GroupBoard board;
  private final Ring ring;
  private final Supplier<State> live;
  private final SharedLists lists;
  private final SealedPlaces places = new SealedPlaces();

  /**
   * An endpoint.
   *
   * @param lists what lists that several are given are held against
   * @param live what is live; asked in steps of the engine
   */
  public CallsEndpoint(
      Vertx vertx,
      Engine engine,
      Readers readers,
      Answers answers,
      Account lists,
      Dispatcher dispatcher,
      GroupBoard board,
      Ring ring,
      Supplier<State> live) {
    this.vertx = vertx;
    this.engine = engine;
    this.readers = readers;
    this.answers = answers;
    this.lists = new SharedLists(lists, System::nanoTime);
    this.dispatcher = dispatcher;
    this.board = board;
    this.ring = ring;
    this.live = live;
  }

  /** Handles a path that starts with {@code calls}; its segments are decoded. */
  public void handle(HttpServerRequest request, List<String> path, Grant grant) {
    Access access = grant.access();
    String what = path.size() == 3 ? path.get(2) : "";
    boolean isKnown =
        path.size() <= 2 || what.equals("tree") || what.equals("param") || what.equals("value");
    if (path.size() > 3 || !isKnown || (path.size() > 1 && path.get(1).isEmpty())) {
      Texts.empty(request, 404);
    } else if (HttpEdge.allows(request, HttpMethod.GET)) {
      if (path.size() == 1) {
        list(request, access);
      } else if (!access.covers(path.get(1))) {
        JsonAnswers.refuse(request, 403, OUT_OF_REACH);
      } else {
        switch (what) {
          case "tree" -> tree(request, path.get(1), access);
          default -> {
            if (Parameters.areKnown(request)) {
              if (what.isEmpty()) {
                one(request, path.get(1), access);
              } else {
                payload(request, path.get(1), what.equals("param"));
              }
            }
          }
        }
      }
    }
  }

  private HttpAsker asker(HttpServerRequest request) {
    return new HttpAsker(
        Addresses.networkOf(request),
        vertx.getOrCreateContext(),
        request.response(),
        answers.roomFor(request));
  }

  private void submit(Asker asker, Readers.Job job) {
    switch (readers.submit(job, asker.address())) {
      case null -> {}
      case QUEUE_FULL -> asker.busy();
      case STOPPING -> asker.stopping();
    }
  }

  /** Something that is found with one look. */
  private void submit(Asker asker, Consumer<Reader> look) {
    submit(
        asker,
        new Readers.Job() {
          @Override
          public boolean step(Reader reader) {
            look.accept(reader);
            return false;
          }

          @Override
          public void failed(Response response) {
            asker.refuse(response.status(), String.valueOf(response.body()));
          }
        });
  }

  // Lists.

  private void list(HttpServerRequest request, Access access) {
    if (!Parameters.areKnown(
        request, "order", "state", "group", "function", "prefix", "attempts", "limit", "cursor")) {
      return;
    }
    switch (Wanted.read(request, access.seesAll())) {
      case Wanted.Bad(String text) -> JsonAnswers.refuse(request, 400, text);
      case Wanted.Good(Wanted asked) -> {
        Wanted wanted = asked.within(access.prefix());
        Asker asker = asker(request);
        if (!access.coversAny()) {
          JsonAnswers.refuse(request, 403, "Forbidden: the token covers no call");
        } else if (wanted == null) {
          finish(asked, Found.NOTHING, access, asker);
        } else {
          lists.ask(
              new SharedLists.Question(wanted, access),
              MostAge.nanos(request),
              asker,
              shared -> list(wanted, access, shared));
        }
      }
    }
  }

  private void list(Wanted wanted, Access access, Asker asker) {
    Consumer<Found> then = found -> finish(wanted, found, access, asker);
    int most = readers.answerBytes();
    submit(
        asker,
        wanted.isRecent()
            ? new RecentSearch(
                ring, access.seesAll() ? null : places, wanted, most, then, asker::refuse)
            : CallSearch.of(wanted, most, then, asker::refuse));
  }

  /** How the tasks of some calls stand, and who waits for what people settle. */
  private record Standing(Map<String, Task> tasks, Map<String, List<String>> awaiters, long now) {}

  private void ask(
      List<Call> calls, Access access, Asker asker, Function<Standing, ObjectNode> answer) {
    if (!asker.hasRoomFor(calls.stream().mapToLong(Call::bytes).sum())) {
      return;
    }
    Runnable look =
        () -> {
          State state = live.get();
          Map<String, Task> tasks = new HashMap<>();
          Map<String, List<String>> awaiters = new HashMap<>();
          for (Call call : calls) {
            if (call.promise().isPending()) {
              if (call.kind() == Call.Kind.CALL && state.task(call.id()) instanceof Task task) {
                tasks.put(call.id(), task);
              } else if (call.kind() == Call.Kind.EXTERNAL) {
                awaiters.put(
                    call.id(),
                    CallFacts.some(state.awaitersOf(call.id()), access::covers, MOST_AWAITERS));
              }
            }
          }
          Standing standing = new Standing(tasks, awaiters, engine.now());
          board.later(0, () -> guarded(asker, () -> asker.answer(bytes(answer.apply(standing)))));
        };
    engine.execute(look, asker::stopping);
  }

  private static byte[] bytes(ObjectNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void guarded(Asker asker, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("A call could not be shown", e);
      asker.refuse(500, "Internal error: the server's log says more");
    }
  }

  private Map<String, List<Event>> history(List<Call> calls) {
    return History.of(ring, calls.stream().map(Call::promise).toList());
  }

  private static @Nullable Attempt last(Map<String, List<Event>> history, String id) {
    List<Attempt> attempts = Attempt.of(history.getOrDefault(id, List.of()));
    return attempts.isEmpty() ? null : attempts.getLast();
  }

  private void finish(Wanted wanted, Found found, Access access, Asker asker) {
    Map<String, List<Event>> history = history(found.calls());
    ask(
        found.calls(),
        access,
        asker,
        standing -> {
          ObjectNode page = JsonNodeFactory.instance.objectNode();
          ArrayNode items = page.putArray("items");
          String cursor = found.cursor();
          String lastId = "";
          for (Call call : found.calls()) {
            Task task = standing.tasks().get(call.id());
            Attempt last = last(history, call.id());
            if (!wanted.is(call, task, last)) {
              continue;
            }
            if (items.size() == wanted.limit()) {
              cursor = lastId;
              break;
            }
            call.write(
                items.addObject(),
                task,
                last,
                standing.awaiters().getOrDefault(call.id(), List.of()));
            lastId = call.id();
          }
          return ended(page, cursor, found.lookedAt(), standing.now());
        });
  }

  private static ObjectNode ended(
      ObjectNode page, @Nullable String cursor, int lookedAt, long now) {
    if (cursor != null) {
      page.put("cursor", cursor);
    }
    return page.put("complete", cursor == null).put("lookedAt", lookedAt).put("now", now);
  }

  // Trees.

  private void tree(HttpServerRequest request, String id, Access access) {
    if (!Parameters.areKnown(request, "limit", "cursor")) {
      return;
    }
    Integer limit = Wanted.number(request, "limit", 1, MOST_NODES, MOST_NODES);
    if (limit == null) {
      JsonAnswers.refuse(request, 400, Wanted.wrong(request, "limit", 1, MOST_NODES));
      return;
    }
    // Of others' calls elsewhere neither an id is told, as a cursor, nor how many were looked at.
    String reach = Objects.requireNonNull(access.prefix(), "it covers the call");
    List<CallSearch.Part> parts =
        List.of(
            new CallSearch.One(id),
            new CallSearch.Many(
                Query.Promises.startingWith(id + "."), promise -> access.covers(promise.id())),
            new CallSearch.Many(
                Query.Promises.startingWith(id + ":"), promise -> access.covers(promise.id())),
            new CallSearch.Many(
                new Query.Promises(null, Map.of(Tags.ORIGIN, id), reach),
                promise -> promise.statedOrigin() != null && access.covers(promise.id())));
    Asker asker = asker(request);
    String cursor = Wanted.filled(request, "cursor");
    submit(
        asker,
        CallSearch.of(
            parts,
            limit,
            readers.answerBytes(),
            cursor,
            found -> nodes(found, access, asker),
            asker::refuse));
  }

  private void nodes(Found found, Access access, Asker asker) {
    Map<String, List<Event>> history = history(found.calls());
    ask(
        found.calls(),
        access,
        asker,
        standing -> {
          ObjectNode page = JsonNodeFactory.instance.objectNode();
          ArrayNode items = page.putArray("items");
          for (Call call : found.calls()) {
            Task task = standing.tasks().get(call.id());
            ObjectNode node = items.addObject();
            call.write(
                node,
                task,
                last(history, call.id()),
                standing.awaiters().getOrDefault(call.id(), List.of()));
            Segments.write(
                call, task, history.getOrDefault(call.id(), List.of()), node.putArray("segments"));
          }
          return ended(page, found.cursor(), found.lookedAt(), standing.now());
        });
  }

  // One.

  private void one(HttpServerRequest request, String id, Access access) {
    Asker asker = asker(request);
    submit(
        asker,
        reader -> {
          Promise promise = reader.promise(id);
          if (promise == null) {
            asker.refuse(404, "There is no promise " + id);
          } else if (asker.hasRoomFor(RowSizes.of(promise))) {
            List<Event> events = History.of(ring, List.of(promise)).getOrDefault(id, List.of());
            long remembersFrom = ring.firstAt();
            Runnable look =
                () -> {
                  CallFacts facts =
                      CallFacts.of(promise, live.get(), dispatcher, access, engine.now());
                  board.later(
                      0,
                      () ->
                          guarded(
                              asker,
                              () ->
                                  asker.answer(bytes(facts.json(promise, events, remembersFrom)))));
                };
            engine.execute(look, asker::stopping);
          }
        });
  }

  private void payload(HttpServerRequest request, String id, boolean isParam) {
    HttpAsker asker = asker(request);
    submit(
        asker,
        reader -> {
          Promise promise = reader.promise(id);
          Value value =
              promise == null
                  ? Value.EMPTY
                  : isParam
                      ? promise.param()
                      : promise.state() instanceof PromiseState.Settled(_, var settled, _)
                          ? settled
                          : Value.EMPTY;
          byte[] bytes = Payload.bytes(value);
          if (bytes == null) {
            asker.refuse(404, "There is none");
          } else if (asker.hasRoomFor(bytes.length)) {
            asker.loop().runOnContext(_ -> attach(asker, bytes));
          }
        });
  }

  /** Whatever it is, no browser shows it. */
  private static void attach(HttpAsker asker, byte[] bytes) {
    HttpServerResponse response = asker.response();
    if (!response.ended() && !response.closed()) {
      response
          .putHeader("content-type", "application/octet-stream")
          .putHeader("content-disposition", "attachment")
          .putHeader("x-content-type-options", "nosniff")
          .putHeader("content-security-policy", "sandbox")
          .putHeader("cache-control", "no-store");
    }
    Answers.end(response, Texts.wrapped(bytes), asker.room());
  }
}
