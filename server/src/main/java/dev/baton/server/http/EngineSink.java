package dev.baton.server.http;

import dev.baton.core.Command;
import dev.baton.core.Task;
import dev.baton.protocol.BulkRead;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.Envelope;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.auth.Access;
import dev.baton.server.auth.Grant;
import dev.baton.server.config.Key;
import dev.baton.server.process.CommandCall;
import dev.baton.server.process.Engine;
import dev.baton.server.process.Outbox;
import dev.baton.server.process.Overload;
import dev.baton.server.process.Script;
import dev.baton.server.read.Readers;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hands requests to the engine of this process, and searches to its readers. */
public final class EngineSink implements RequestSink {

  private static final Response IS_STOPPING = Response.failure(503, "The server is stopping");

  private final Vertx vertx;
  private final Engine engine;
  private final Readers readers;
  private final boolean isDebug;
  private final boolean isAlone;

  /**
   * @param isDebug whether requests may say what time it is
   * @param isAlone whether no other server may do what comes too late
   */
  public EngineSink(Vertx vertx, Engine engine, Readers readers, boolean isDebug, boolean isAlone) {
    this.vertx = vertx;
    this.engine = engine;
    this.readers = readers;
    this.isDebug = isDebug;
    this.isAlone = isAlone;
  }

  @Override
  public void submit(
      Exchange exchange, Request request, Envelope.Head head, Grant grant, byte[] body) {
    if (offer(exchange, request, head, grant.access())) {
      return;
    }
    if (isAlone) {
      exchange.drop();
    } else {
      exchange.tryElsewhere(IS_STOPPING);
    }
  }

  /** The same, but answers nothing and says false if the engine takes nothing any more. */
  public boolean offer(Exchange exchange, Request request, Envelope.Head head, Access access) {
    Outbox.Loop loop = engine.outbox().here(vertx);
    if (request instanceof BulkRead read) {
      Overload overload = readers.submit(read, exchange.clientNetwork(), new Page(exchange, loop));
      return isTaken(exchange, overload, "searches", Key.SERVER_READER_QUEUE);
    }
    CommandCall.Reply reply = new Answer(exchange, access, loop);
    boolean isForAllTasks =
        request instanceof TaskRequest.Heartbeat heartbeat && heartbeat.tasks().isEmpty();
    Overload overload =
        isForAllTasks && !access.isUnlimited()
            ? engine.submit(
                transaction ->
                    heartbeatWithinReach(transaction, (TaskRequest.Heartbeat) request, access),
                reply::accept,
                () -> reply.accept(Response.failure(500, "Internal error: nothing was saved")))
            : engine.submit(command(exchange, request), debugTime(request, head), reply);
    return isTaken(exchange, overload, "requests", Key.SERVER_QUEUE_SIZE);
  }

  private Command command(Exchange exchange, Request request) {
    long lostMsAgo = exchange.lostMsAgo();
    return lostMsAgo >= 0 && request instanceof TaskRequest ofTask
        ? new Command.Repeated(ofTask, engine.openedAt(), lostMsAgo)
        : new Command.Client(request);
  }

  private record Answer(Exchange exchange, Access access, Outbox.Loop loop)
      implements CommandCall.Reply {
    @Override
    public boolean hasRoomFor(Response response, boolean hasChanges) {
      return exchange.hasRoomFor(response, hasChanges);
    }

    @Override
    public void accept(Response response) {
      loop.execute(() -> exchange.answer(access, response));
    }
  }

  private record Page(Exchange exchange, Outbox.Loop loop) implements Readers.Reply {
    @Override
    public boolean hasRoomFor(long bytes) {
      return exchange.hasRoomFor(bytes, false);
    }

    @Override
    public void accept(Response response) {
      byte[] body = exchange.encode(response); // Large: no event loop waits for it.
      loop.execute(() -> exchange.answer(response.status(), body));
    }
  }

  private static boolean isTaken(
      Exchange exchange, @Nullable Overload overload, String what, Key limit) {
    return switch (overload) {
      case null -> true;
      case QUEUE_FULL -> {
        exchange.retryLater(
            Response.failure(429, "Too many " + what + " wait: see " + limit.path()));
        yield true;
      }
      case STOPPING -> false;
    };
  }

  /** A heartbeat without tasks means all that the process holds; here, all within reach. */
  private static Response heartbeatWithinReach(
      Script.Transaction transaction, TaskRequest.Heartbeat heartbeat, Access access) {
    List<TaskRequest.TaskRef> tasks = new ArrayList<>();
    for (String id : transaction.state().heldBy(heartbeat.pid())) {
      Task task = access.covers(id) ? transaction.state().task(id) : null;
      if (task != null) {
        tasks.add(new TaskRequest.TaskRef(id, task.version()));
      }
    }
    return tasks.isEmpty()
        ? Response.ok()
        : transaction.decide(new TaskRequest.Heartbeat(heartbeat.pid(), tasks));
  }

  private @Nullable Long debugTime(Request request, Envelope.Head head) {
    if (!isDebug) {
      return null;
    }
    return request instanceof DebugRequest.Tick(long time) ? Long.valueOf(time) : head.debugTime();
  }
}
