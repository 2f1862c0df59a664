package dev.baton.sdk.internal.work;

import dev.baton.protocol.Message;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.sdk.EncodingException;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.value.Call;
import dev.baton.sdk.internal.watch.Watches;
import dev.baton.sdk.internal.wire.Backoff;
import dev.baton.sdk.internal.wire.Requests;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes tasks that are offered, never holding more than its slots, and gives back what it cannot
 * finish.
 */
public final class Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final Duration RELEASE_PATIENCE = Duration.ofSeconds(2);
  private static final Duration FIRST_REFUSAL = Duration.ofMillis(200);
  private static final Duration LONGEST_REFUSAL = Duration.ofSeconds(10);
  private static final int MAX_OFFERS = 10_000;
  private static final int MAX_REFUSALS = 1_000;

  private final Settings settings;
  private final Requests requests;
  private final Execution.Process process;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Execution> held = new HashMap<>();

  /** Offers that came while no slot was free: only servers that know no slots send those. */
  private final LinkedHashMap<String, Message.Execute> offers = new LinkedHashMap<>();

  /** How long a task was refused that no function here is registered for. */
  private final LinkedHashMap<String, Backoff> refusals = new LinkedHashMap<>();

  private int taking;
  private boolean draining;

  public Worker(Settings settings, Requests requests, Execution.Process process) {
    this.settings = settings;
    this.requests = requests;
    this.process = process;
  }

  /** A task is offered; it is taken when a slot is free. */
  public void offered(Message.Execute offer) {
    Execution outdated;
    lock.lock();
    try {
      if (draining) {
        return;
      }
      var current = held.get(offer.taskId());
      if (current != null && offer.version() < current.version()) {
        return; // A duplicate of the offer that this execution comes from.
      }
      outdated = current;
      if (offers.size() < MAX_OFFERS) {
        offers.put(offer.taskId(), offer);
      }
    } finally {
      lock.unlock();
    }
    if (outdated != null) {
      outdated.abort(new Aborts.LeaseLost(outdated.id(), "it is on offer again"));
    }
    takeOffers();
  }

  /** Whether a slot was free, which now is taken: end with {@link #begin} or {@link #unreserve}. */
  public boolean reserve() {
    lock.lock();
    try {
      boolean free = !draining && hasRoom();
      taking += free ? 1 : 0;
      return free;
    } finally {
      lock.unlock();
    }
  }

  public void unreserve() {
    lock.lock();
    try {
      taking--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    takeOffers();
  }

  /**
   * Runs a task that this process has taken into a reserved slot.
   *
   * @param sentAt when it asked for the task, in {@code System.nanoTime()}
   */
  public void begin(Response.Acquired acquired, long sentAt) {
    var task = new TaskRequest.TaskRef(acquired.task().id(), acquired.task().version());
    var lease = new Lease(requests, task, settings.leaseTtl(), sentAt);
    var execution = new Execution(process, lease, acquired, this::ended);
    if (hold(execution)) {
      run(execution, acquired);
    } else {
      execution.giveBack(RELEASE_PATIENCE);
      unreserve(); // Only now, because closing waits for the slots to be free.
    }
  }

  /** Whether the reserved slot could be filled: not any more if this worker is draining. */
  private boolean hold(Execution execution) {
    lock.lock();
    try {
      if (draining) {
        return false;
      }
      taking--;
      held.put(execution.id(), execution);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void run(Execution execution, Response.Acquired acquired) {
    if ("true".equals(acquired.promise().tags().get(Tags.TIMER))) {
      // TypeScript gives its timers a target; there is nothing to run, the deadline settles them.
      execution.halt();
      return;
    }
    Call call;
    try {
      call = Call.decode(acquired.promise().param());
    } catch (EncodingException e) {
      execution.reject(e);
      return;
    }
    var function = call.version() > Call.VERSION ? null : process.registry().find(call.function());
    if (function == null) {
      refuse(execution, call);
    } else {
      forgetRefusal(execution.id());
      execution.start(call, function);
    }
  }

  /** Another worker of the group may know the function, so the task is not failed but passed on. */
  private void refuse(Execution execution, Call call) {
    Duration pause = refusalOf(execution.id());
    LOG.warn(
        "{} is passed on in {}: {} (version {}) is not registered here",
        execution.id(),
        pause,
        call.function(),
        call.version());
    execution.giveBackLater(pause);
  }

  private void takeOffers() {
    var toTake = new ArrayList<Message.Execute>();
    lock.lock();
    try {
      while (!draining && hasRoom() && !offers.isEmpty()) {
        toTake.add(offers.pollFirstEntry().getValue());
        taking++;
      }
    } finally {
      lock.unlock();
    }
    for (var offer : toTake) {
      Thread.ofVirtual().name("resonate-take").start(() -> take(offer));
    }
  }

  private void take(Message.Execute offer) {
    var request =
        new TaskRequest.Acquire(
            offer.taskId(), offer.version(), settings.pid(), settings.leaseTtl().toMillis());
    Response.Acquired acquired = null;
    long sentAt = System.nanoTime();
    try {
      var answer = requests.send(request, Watches.until(settings.leaseTtl()));
      if (answer.response().body() instanceof Response.Acquired it) {
        acquired = it;
      } else {
        LOG.debug("{} is not to be had: {}", offer.taskId(), answer.response().body());
        releaseIfTaken(offer.taskId(), answer);
      }
    } catch (ResonateException e) {
      LOG.warn("{} could not be taken: {}", offer.taskId(), e.getMessage());
    }
    if (acquired == null) {
      unreserve();
    } else {
      begin(acquired, sentAt);
    }
  }

  /** A refusal of a repeated request may mean that the first one, unanswered, took the task. */
  public void releaseIfTaken(String id, Requests.Answer answer) {
    if (!answer.repeated() || answer.response().status() != 409) {
      return;
    }
    var response = requests.send(new TaskRequest.Get(id), RELEASE_PATIENCE);
    if (response.body() instanceof Response.OfTask(var task)
        && Lease.isHeldBy(settings.pid(), task)) {
      lock.lock();
      try {
        if (held.containsKey(id)) {
          return;
        }
      } finally {
        lock.unlock();
      }
      requests.send(new TaskRequest.Release(id, task.version()), RELEASE_PATIENCE);
    }
  }

  private void ended(Execution execution) {
    lock.lock();
    try {
      if (!held.remove(execution.id(), execution)) {
        return;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    takeOffers();
  }

  /** Takes no more, waits for what is held, gives the rest back at once. */
  public void drain(Duration limit) {
    long left = limit.toNanos();
    boolean interrupted = false;
    lock.lock();
    try {
      draining = true;
      offers.clear();
      while ((!held.isEmpty() || taking > 0) && left > 0 && !interrupted) {
        try {
          left = changed.awaitNanos(left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      lock.unlock();
    }
    giveBackAll();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void giveBackAll() {
    var threads =
        executions().stream()
            .map(execution ->
                Thread.ofVirtual()
                    .name("resonate-release")
                    .start(() -> {
                      LOG.info("{} is given back", execution.id());
                      execution.abort(new Aborts.Released(execution.id()));
                      execution.giveBack(RELEASE_PATIENCE);
                    }))
            .toList();
    boolean interrupted = Thread.interrupted();
    for (var thread : threads) {
      try {
        thread.join(RELEASE_PATIENCE.plusSeconds(1));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many tasks are held or being taken. */
  int load() {
    lock.lock();
    try {
      return held.size() + taking;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom() {
    return settings.slots() == 0 || held.size() + taking < settings.slots();
  }

  /** All that is held at this moment. */
  public List<Execution> executions() {
    lock.lock();
    try {
      return List.copyOf(held.values());
    } finally {
      lock.unlock();
    }
  }

  private Duration refusalOf(String id) {
    lock.lock();
    try {
      if (refusals.size() >= MAX_REFUSALS) {
        refusals.pollFirstEntry();
      }
      return refusals
          .computeIfAbsent(
              id, key -> new Backoff(FIRST_REFUSAL, LONGEST_REFUSAL, RandomGenerator.getDefault()))
          .next();
    } finally {
      lock.unlock();
    }
  }

  private void forgetRefusal(String id) {
    lock.lock();
    try {
      refusals.remove(id);
    } finally {
      lock.unlock();
    }
  }
}
