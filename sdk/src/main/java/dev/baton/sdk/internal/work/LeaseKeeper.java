package dev.baton.sdk.internal.work;

import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.internal.wire.Requests;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the leases of a process alive and finds out which of them are lost. */
public final class LeaseKeeper {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);
  private static final int BATCH = 5_000;

  private final String pid;
  private final Requests requests;
  private final Supplier<List<Execution>> held;

  /** The main branch of the original server takes only tasks of one origin at a time. */
  private volatile boolean byOrigin;

  public LeaseKeeper(String pid, Requests requests, Supplier<List<Execution>> held) {
    this.pid = pid;
    this.requests = requests;
    this.held = held;
  }

  /** Extends the leases of all that is held, with one request for many. */
  void beat() {
    for (var batch : batches(held.get())) {
      try {
        beat(batch);
      } catch (ServerException e) {
        LOG.warn("a heartbeat is refused: {}", e.getMessage());
        byOrigin |= e.status() == 400;
      } catch (ResonateException e) {
        LOG.debug("a heartbeat failed: {}", e.getMessage());
      }
    }
  }

  private void beat(List<Execution> executions) {
    var tasks = executions.stream().map(execution -> execution.lease().task()).toList();
    var request = new TaskRequest.Heartbeat(pid, tasks);
    long sentAt = System.nanoTime();
    Requests.body(request, requests.send(request, () -> false).response());
    executions.forEach(execution -> execution.lease().confirm(sentAt));
  }

  private Collection<List<Execution>> batches(List<Execution> executions) {
    if (byOrigin) {
      return executions.stream()
          .collect(Collectors.groupingBy(execution -> Ids.originOf(execution.id())))
          .values();
    }
    var batches = new ArrayList<List<Execution>>();
    for (int from = 0; from < executions.size(); from += BATCH) {
      batches.add(executions.subList(from, Math.min(executions.size(), from + BATCH)));
    }
    return batches;
  }

  /** Gives up what has surely expired. */
  void expire() {
    long now = System.nanoTime();
    for (var execution : held.get()) {
      if (execution.lease().hasExpired(now)) {
        LOG.warn("the lease of {} has run out, because the server is away", execution.id());
        execution.abort(new Aborts.LeaseLost(execution.id(), "its lease has run out"));
      }
    }
  }

  /** After a gap in the connection: what the server has given to others is not worth going on. */
  public void verify() {
    for (var execution : held.get()) {
      try {
        var response = requests.send(new TaskRequest.Get(execution.id()), () -> false).response();
        if (isLost(execution, response)) {
          execution.abort(
              new Aborts.LeaseLost(execution.id(), "the server gave it to another worker"));
        }
      } catch (ResonateException e) {
        LOG.debug("{} could not be verified: {}", execution.id(), e.getMessage());
      }
    }
  }

  private boolean isLost(Execution execution, Response response) {
    return response.body() instanceof Response.OfTask(var task)
        ? !Lease.isHeldBy(pid, task) || task.version() != execution.version()
        : response.status() == 404;
  }
}
