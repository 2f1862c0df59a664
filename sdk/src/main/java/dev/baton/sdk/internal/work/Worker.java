package dev.baton.sdk.internal.work;

import dev.baton.protocol.Message;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.wire.Identity;
import dev.baton.sdk.internal.wire.Requests;
import dev.baton.sdk.internal.wire.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes tasks that are offered, never running more than its slots, and gives back what it cannot
 * finish. A task is held from its acquisition until it is settled, suspended, given back or lost;
 * its slot is taken until its code has come to an end, which may be later: code that does not heed
 * its interruption still computes.
 */
public final class Worker implements Execution.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final Duration RELEASE_PATIENCE = Duration.ofSeconds(2);
  private static final Duration UNWINDING = Duration.ofSeconds(1);
  private static final int MAX_OFFERS = 10_000;

  private final Settings settings;
  private final Identity identity;
  private final Requests requests;
  private final Execution.Process process;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Execution> held = new HashMap<>();

  /** Executions whose code runs; each takes a slot. */
  private final Map<Execution, Boolean> running = new IdentityHashMap<>();

  /** Offers that came while no slot was free: only servers that know no slots send those. */
  private final LinkedHashMap<String, Message.Execute> offers = new LinkedHashMap<>();

  private int taking;
  private boolean draining;

  /** Completed when nothing is held, and nothing being taken, of a worker that drains. */
  private final CompletableFuture<@Nullable Void> drained = new CompletableFuture<>();

  public Worker(
      Settings settings, Identity identity, Requests requests, Execution.Process process) {
    this.settings = settings;
    this.identity = identity;
    this.requests = requests;
    this.process = process;
  }

  /** A task is offered; it is taken when a slot is free. */
  public void offered(Message.Execute offer) {
    Execution current;
    lock.lock();
    try {
      if (draining) {
        return;
      }
      current = held.get(offer.taskId());
      if (current == null) {
        add(offer);
      }
    } finally {
      lock.unlock();
    }
    if (current == null) {
      takeOffers();
    } else {
      process.control().execute(() -> offeredAgain(current, offer));
    }
  }

  /** Somebody else has settled what this process works on. */
  public void settled(Message.Settled settled) {
    Execution current;
    lock.lock();
    try {
      current = held.get(settled.taskId());
    } finally {
      lock.unlock();
    }
    if (current != null && current.lease().task().version() == settled.version()) {
      current.settledByOthers();
    }
  }

  private void add(Message.Execute offer) {
    if (offers.size() < MAX_OFFERS) {
      offers.put(offer.taskId(), offer);
    }
  }

  /** What is held here is on offer: the server has taken it back. */
  private void offeredAgain(Execution current, Message.Execute offer) {
    var task = current.lease().task();
    if (offer.version() < task.version()) {
      return; // A duplicate of the offer that this execution comes from.
    }
    if (offer.version() == task.version() && current.lease().retake(task)) {
      return;
    }
    if (!current.lease().isOver()) {
      current.abort(new Aborts.LeaseLost(current.id(), "it is on offer again"));
    }
    lock.lock();
    try {
      if (!draining) {
        add(offer);
      }
    } finally {
      lock.unlock();
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
      noteDrained();
    } finally {
      lock.unlock();
    }
    takeOffers();
  }

  private void noteDrained() {
    if (draining && held.isEmpty() && taking == 0) {
      drained.complete(null);
    }
  }

  /**
   * Runs a task that this process has taken into a reserved slot. Returns at once.
   *
   * @param pid under which it was taken
   * @param sentAt when it asked for the task, in {@code System.nanoTime()}
   */
  public void begin(Response.Acquired acquired, String pid, long sentAt) {
    var task = new TaskRequest.TaskRef(acquired.task().id(), acquired.task().version());
    var lease = new Lease(requests, pid, task, settings.leaseTtl(), sentAt);
    var execution = new Execution(process, lease, acquired, this);
    if (!hold(execution)) {
      process
          .control()
          .execute(() -> {
            execution.giveBack(RELEASE_PATIENCE);
            unreserve(); // Only now, because closing waits for the slots to be free.
          });
      return;
    }
    try {
      execution.start();
    } catch (OutOfMemoryError e) {
      LOG.error("{} is given back: there is no thread for it", execution.id(), e);
      idle(execution);
      process
          .control()
          .execute(() -> {
            execution.giveBack(RELEASE_PATIENCE);
            ended(execution);
          });
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
      running.put(execution, true);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void takeOffers() {
    List<Message.Execute> toTake = List.of();
    lock.lock();
    try {
      while (!draining && hasRoom() && !offers.isEmpty()) {
        toTake = toTake.isEmpty() ? new ArrayList<>() : toTake;
        toTake.add(offers.pollFirstEntry().getValue());
        taking++;
      }
    } finally {
      lock.unlock();
    }
    toTake.forEach(this::take);
  }

  /**
   * Asks for a task on no thread of its own: were the answer to wait for one, a lease might run out
   * before anybody knows that it was granted.
   */
  private void take(Message.Execute offer) {
    String pid = identity.pid();
    var request =
        new TaskRequest.Acquire(
            offer.taskId(), offer.version(), pid, Times.millis(settings.leaseTtl()));
    long sentAt = System.nanoTime();
    requests
        .begin(request, requests.until(settings.leaseTtl()))
        .whenComplete((answer, failure) -> {
          boolean isBegun = false;
          try {
            isBegun = taken(offer, pid, sentAt, answer, failure);
          } catch (Throwable e) {
            LOG.error("{} could not be begun", offer.taskId(), e);
          } finally {
            if (!isBegun) {
              unreserve();
            }
          }
        });
  }

  /** Whether the slot is filled. */
  private boolean taken(
      Message.Execute offer,
      String pid,
      long sentAt,
      Requests.@Nullable Answer answer,
      @Nullable Throwable failure) {
    if (failure != null || answer == null) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      LOG.warn(
          "{} could not be taken: {}",
          offer.taskId(),
          cause instanceof ResonateException ? cause.getMessage() : cause);
      return false;
    }
    if (answer.response().body() instanceof Response.Acquired acquired) {
      begin(acquired, pid, sentAt);
      return true;
    }
    LOG.debug("{} is not to be had: {}", offer.taskId(), answer.response().body());
    releaseIfTaken(offer.taskId(), pid, answer);
    return false;
  }

  /** A refusal of a repeated request may mean that the first one, unanswered, took the task. */
  public void releaseIfTaken(String id, String pid, Requests.Answer answer) {
    if (answer.repeated() && answer.response().status() == 409) {
      process.control().execute(() -> releaseIfTaken(id, pid));
    }
  }

  private void releaseIfTaken(String id, String pid) {
    var response = requests.send(new TaskRequest.Get(id), RELEASE_PATIENCE);
    if (response.body() instanceof Response.OfTask(var task) && Lease.isHeldBy(pid, task)) {
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

  @Override
  public void ended(Execution execution) {
    lock.lock();
    try {
      if (held.remove(execution.id(), execution)) {
        noteDrained();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void idle(Execution execution) {
    lock.lock();
    try {
      if (running.remove(execution) == null) {
        return;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    takeOffers();
  }

  /**
   * Takes no more, waits for what is held, gives the rest back at once.
   *
   * @return whether nothing is left for the server to find out
   */
  public boolean drain(Duration limit) {
    boolean interrupted = false;
    lock.lock();
    try {
      draining = true;
      offers.clear();
      noteDrained();
    } finally {
      lock.unlock();
    }
    try {
      process.time().await(drained, limit);
    } catch (TimeoutException e) {
      LOG.debug("not all tasks have ended within {}", limit);
    } catch (ExecutionException e) {
      throw new IllegalStateException("only ever completed", e);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    boolean isGivenBack = giveBackAll();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return isGivenBack;
  }

  private boolean giveBackAll() {
    var releases = new ArrayList<CompletableFuture<?>>();
    for (var execution : executions()) {
      LOG.info("{} is given back", execution.id());
      var held = execution.lease().task();
      execution.abort(new Aborts.Released(execution.id()));
      releases.add(
          requests.begin(
              new TaskRequest.Release(held.id(), held.version()),
              requests.until(RELEASE_PATIENCE)));
    }
    boolean interrupted = Thread.interrupted();
    boolean isGivenBack = true;
    try {
      CompletableFuture.allOf(releases.toArray(CompletableFuture[]::new))
          .get(RELEASE_PATIENCE.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("not all tasks could be given back; they wait for their leases to end", e);
      isGivenBack = false;
    } catch (InterruptedException e) {
      interrupted = true;
    }
    lock.lock();
    try {
      // What was interrupted gets a moment for its finally blocks.
      interrupted |= !releases.isEmpty() && !awaitUnwinding();
    } finally {
      lock.unlock();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return isGivenBack;
  }

  /** Drops everything without a word, as a process does that is killed. */
  public void abandon() {
    List<Execution> left;
    lock.lock();
    try {
      draining = true;
      offers.clear();
      left = List.copyOf(running.keySet());
    } finally {
      lock.unlock();
    }
    left.forEach(
        execution -> execution.abort(new Aborts.LeaseLost(execution.id(), "it was killed")));
  }

  /** Whether it was not interrupted. */
  private boolean awaitUnwinding() {
    long left = Times.nanos(UNWINDING);
    while (!running.isEmpty() && left > 0) {
      try {
        left = changed.awaitNanos(left);
      } catch (InterruptedException e) {
        return false;
      }
    }
    return true;
  }

  /** How many slots are taken. */
  public int load() {
    lock.lock();
    try {
      return running.size() + taking;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom() {
    return settings.slots() == 0 || running.size() + taking < settings.slots();
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
}
