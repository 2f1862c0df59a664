package dev.baton.sdk.test;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.MemoryState;
import dev.baton.core.Outcome;
import dev.baton.core.Reading;
import dev.baton.core.RequestRules;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.core.TaskState;
import dev.baton.protocol.Address;
import dev.baton.protocol.Addresses;
import dev.baton.protocol.BulkRead;
import dev.baton.protocol.Message;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.json.Decoded;
import dev.baton.protocol.json.EnvelopeReader;
import dev.baton.protocol.json.Incoming;
import dev.baton.protocol.json.RequestReader;
import dev.baton.protocol.json.ResponseWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The server's rules in this process: requests come and answers go as the bytes that go over the
 * wire elsewhere, what is stored is memory, and what is due is due by virtual time. In the place of
 * the server's dispatcher are {@link Offers}.
 */
final class InProcessServer implements VirtualTime.Source {

  /** What a worker may be away before its leases end, as the server's setting is by default. */
  static final Duration DISCONNECT_GRACE = Duration.ofSeconds(1);

  private final VirtualTime time;
  private final StateMachine machine = new StateMachine(RuleSet.DEFAULT);
  private final RequestRules rules = new RequestRules(RuleSet.DEFAULT.profile());
  private final MemoryState state = new MemoryState(RuleSet.DEFAULT.profile());
  private final Offers offers = new Offers(state);
  private final ReentrantLock lock = new ReentrantLock();
  private final List<ServerLink> links = new CopyOnWriteArrayList<>();
  private final Map<String, String> runs = new HashMap<>();
  private boolean stopped;

  /** Since when heartbeats could be heard, epoch milliseconds. */
  private long heardFrom;

  InProcessServer(VirtualTime time) {
    this.time = time;
    this.heardFrom = time.millis();
  }

  void add(ServerLink link) {
    links.add(link);
  }

  void remove(ServerLink link) {
    links.remove(link);
  }

  /** Reads, with the state as it is now. */
  <T extends @Nullable Object> T look(Function<MemoryState, T> question) {
    lock.lock();
    try {
      return question.apply(state);
    } finally {
      lock.unlock();
    }
  }

  /** Reads, with what is known of the deliveries. */
  <T extends @Nullable Object> T lookAtOffers(Function<Offers, T> question) {
    lock.lock();
    try {
      return question.apply(offers);
    } finally {
      lock.unlock();
    }
  }

  /** Puts there what was recorded elsewhere. */
  void load(List<Change> changes) {
    lock.lock();
    try {
      state.apply(changes);
      for (var change : changes) {
        if (change instanceof Change.PutTask put) {
          offers.moved(put.before(), put.after(), null, time.millis());
        }
      }
      offers.offer(time.millis());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Answers a request.
   *
   * @throws IOException if the server is stopped
   */
  byte[] answer(byte[] body) throws IOException {
    lock.lock();
    try {
      if (stopped) {
        throw new IOException("the server is stopped");
      }
      return switch (EnvelopeReader.read(body)) {
        case Incoming.Refused refused ->
            ResponseWriter.write(refused.kind(), refused.corrId(), refused.response());
        case Incoming.Accepted accepted ->
            ResponseWriter.write(accepted.kind(), accepted.head().corrId(), answer(accepted));
      };
    } finally {
      lock.unlock();
    }
  }

  private Response answer(Incoming.Accepted accepted) {
    return switch (RequestReader.read(accepted.kind(), accepted.data())) {
      case Decoded.Refused refused -> refused.response();
      case Decoded.Valid valid -> {
        var refusal = rules.check(valid.request(), null);
        yield refusal == null ? answer(valid.request()) : refusal;
      }
    };
  }

  private Response answer(Request request) {
    if (request instanceof BulkRead read) {
      return Reading.answer(read, RuleSet.DEFAULT, state.reader());
    }
    return decide(
        new Command.Client(request),
        request instanceof TaskRequest.Release it ? it.reason() : null);
  }

  private Response decide(Command command, @Nullable String reason) {
    long now = time.millis();
    var outcome = machine.decide(state, command, now);
    state.apply(outcome.changes());
    for (var change : outcome.changes()) {
      if (change instanceof Change.PutTask put) {
        offers.moved(put.before(), put.after(), reason, now);
        tellHolder(put, command);
      }
    }
    outcome.unblocks().forEach(this::unblock);
    offers.offer(now);
    return outcome.response();
  }

  /** Somebody else has settled what a worker holds. */
  private void tellHolder(Change.PutTask put, Command command) {
    boolean isOwnDoing =
        command instanceof Command.Client client && client.request() instanceof TaskRequest.Fulfill;
    if (isOwnDoing
        || !(put.after().state() instanceof TaskState.Fulfilled)
        || put.before() == null
        || !(put.before().state() instanceof TaskState.Acquired held)) {
      return;
    }
    for (var connection : offers.connections()) {
      if (connection.pid().equals(held.pid()) && connection.hearsSettled()) {
        connection.send(new Message.Settled(put.after().id(), put.after().version()));
      }
    }
  }

  private void unblock(Outcome.Unblock unblock) {
    var to =
        Addresses.parse(unblock.address()) instanceof Address.Uni uni
            ? offers.connection(uni.group(), uni.id())
            : null;
    if (to != null) {
      to.send(new Message.Unblock(state.whole(unblock.promise()).toRecord()));
      var told = new Command.Listener(unblock.promise().id(), unblock.address());
      state.apply(
          machine
              .decide(state, new Command.ForgetListeners(List.of(told)), time.millis())
              .changes());
    }
  }

  /**
   * Opens a message channel.
   *
   * @throws IOException if the server is stopped
   */
  void connect(Connection connection) throws IOException {
    lock.lock();
    try {
      if (stopped) {
        throw new IOException("the server is stopped");
      }
      String before = runs.put(connection.group() + "\n" + connection.pid(), connection.run());
      if (before != null && !before.equals(connection.run())) {
        // What another run of the process held nobody holds any more.
        decide(new Command.EndLeases(connection.pid()), null);
      }
      offers.connected(connection);
      // Messages that waited for somebody who was away.
      state.replay(task -> {}, this::unblock);
      offers.offer(time.millis());
    } finally {
      lock.unlock();
    }
  }

  /** A message channel has come to an end; if it stays so, the leases of its process end, too. */
  void disconnect(Connection connection) {
    lock.lock();
    try {
      if (!offers.disconnected(connection) || stopped) {
        return;
      }
    } finally {
      lock.unlock();
    }
    time.after(DISCONNECT_GRACE, () -> endLeases(connection));
  }

  private void endLeases(Connection lost) {
    lock.lock();
    try {
      if (!stopped && offers.connection(lost.group(), lost.pid()) == null) {
        decide(new Command.EndLeases(lost.pid()), null);
      }
    } finally {
      lock.unlock();
    }
  }

  /** A worker leaves: it is offered nothing any more. */
  void drain(String group, String pid) {
    lock.lock();
    try {
      var connection = offers.connection(group, pid);
      if (connection != null) {
        connection.drain();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Answers nothing any more; what is stored stays. */
  void stop() {
    lock.lock();
    try {
      stopped = true;
    } finally {
      lock.unlock();
    }
    links.forEach(ServerLink::cut);
  }

  /** Answers again; its clients find that out at once. */
  void start() {
    lock.lock();
    try {
      stopped = false;
      heardFrom = time.millis();
    } finally {
      lock.unlock();
    }
    links.forEach(ServerLink::restore);
  }

  boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long nextAt(long now) {
    lock.lock();
    try {
      return stopped
          ? VirtualTime.NEVER
          : time.atMillis(Math.min(state.nextDueAt(), offers.nextAt()));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void fire(long now) {
    lock.lock();
    try {
      if (!stopped) {
        decide(new Command.Tick(false, false, true), null);
        decide(new Command.EndOverdueLeases(heardFrom), null);
      }
    } finally {
      lock.unlock();
    }
  }
}
