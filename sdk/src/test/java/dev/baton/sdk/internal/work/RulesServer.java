package dev.baton.sdk.internal.work;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.MemoryState;
import dev.baton.core.Reading;
import dev.baton.core.RequestRules;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.core.TaskState;
import dev.baton.protocol.BulkRead;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.sdk.internal.wire.Transport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The server's rules without a network, on a clock that stands until it is moved. */
public final class RulesServer implements Transport, InstantSource {

  private static final Predicate<Request> NONE = request -> false;

  private final StateMachine machine;
  private final RequestRules rules;
  private final MemoryState state;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final List<Consumer<Message>> ears = new CopyOnWriteArrayList<>();
  private volatile long now = 1_000_000;
  private volatile Predicate<Request> losesRequests = NONE;
  private volatile Predicate<Request> losesAnswers = NONE;

  public RulesServer() {
    this(RuleSet.DEFAULT.profile());
  }

  public RulesServer(RuleSet.Profile profile) {
    machine = new StateMachine(new RuleSet(profile, RuleSet.DEFAULT.retryMs()));
    rules = new RequestRules(profile);
    state = new MemoryState(profile);
  }

  @Override
  public Response send(Request request) throws IOException {
    if (losesRequests.test(request)) {
      throw new IOException("the request is lost");
    }
    requests.add(request);
    var refusal = rules.check(request, null);
    var response = refusal == null ? answer(request) : refusal;
    if (losesAnswers.test(request)) {
      losesAnswers = NONE;
      throw new IOException("the answer is lost");
    }
    return response;
  }

  @Override
  public CompletableFuture<Response> begin(Request request) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return send(request);
          } catch (IOException e) {
            throw new CompletionException(e);
          }
        },
        Thread::startVirtualThread);
  }

  private Response answer(Request request) {
    if (request instanceof BulkRead read) {
      synchronized (state) {
        return Reading.answer(read, RuleSet.DEFAULT, state.reader());
      }
    }
    return decide(new Command.Client(request));
  }

  private Response decide(Command command) {
    var messages = new ArrayList<Message>();
    Response response;
    synchronized (state) {
      var outcome = machine.decide(state, command, now);
      state.apply(outcome.changes());
      outcome.unblocks().forEach(it -> messages.add(new Message.Unblock(it.promise().toRecord())));
      for (var change : outcome.changes()) {
        if (change instanceof Change.PutTask(_, var after)
            && after.state() instanceof TaskState.Pending
            && after.target().startsWith("poll://any@workers")) {
          messages.add(new Message.Execute("", after.id(), after.version()));
        }
      }
      response = outcome.response();
    }
    for (var message : messages) {
      ears.forEach(ear -> ear.accept(message));
    }
    return response;
  }

  /** Every message goes to all who listen, offers only if they are for the group of workers. */
  public void listen(Consumer<Message> ear) {
    ears.add(ear);
  }

  void ignore(Consumer<Message> ear) {
    ears.remove(ear);
  }

  public void pass(Duration time) {
    now += time.toMillis();
    decide(new Command.Tick(true));
  }

  public void loseRequests(Predicate<Request> which) {
    losesRequests = which;
  }

  /** The next answer to such a request is lost, though it took effect. */
  void loseAnswer(Predicate<Request> which) {
    losesAnswers = which;
  }

  void endLeases(String pid) {
    decide(new Command.EndLeases(pid));
  }

  PromiseRecord promise(String id) {
    synchronized (state) {
      return switch (machine
          .decide(state, new Command.Client(new PromiseRequest.Get(id)), now)
          .response()
          .body()) {
        case Response.OfPromise(var promise) -> promise;
        case Response.Body other -> throw new AssertionError(id + ": " + other);
      };
    }
  }

  TaskRecord task(String id) {
    synchronized (state) {
      return switch (machine
          .decide(state, new Command.Client(new TaskRequest.Get(id)), now)
          .response()
          .body()) {
        case Response.OfTask(var task) -> task;
        case Response.Body other -> throw new AssertionError(id + ": " + other);
      };
    }
  }

  /** What has been asked so far, forgotten by this. */
  List<String> takeKinds() {
    var kinds = requests.stream().map(Request::kind).toList();
    requests.clear();
    return kinds;
  }

  public List<Request> requests() {
    return requests;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(now);
  }

  @Override
  public long millis() {
    return now;
  }
}
