package dev.baton.client;

import dev.baton.sdk.Caller;
import dev.baton.sdk.Handle;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.StillPendingException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Dispatches the calls of a run in order, then waits for all of them at once. */
final class Dispatch {
  private final Caller caller;
  private final Output output;

  Dispatch(Caller caller, Output output) {
    this.caller = caller;
    this.output = output;
  }

  /** Returns the outcomes in the order of the calls. */
  List<Outcome> perform(Run run) throws InterruptedException {
    output.started(run);
    var ended = new LinkedBlockingQueue<Outcome>();
    dispatch(run, ended);
    var outcomes = new HashMap<Call, Outcome>();
    while (outcomes.size() < run.calls().size()) {
      var outcome = ended.take();
      outcomes.put(outcome.call(), outcome);
      output.ended(outcome, outcomes.size(), run.calls().size());
    }
    var inOrder = run.calls().stream().map(outcomes::get).toList();
    output.summary(inOrder);
    return inOrder;
  }

  /** Gives up at the first call that cannot be dispatched: the others would fare no better. */
  private void dispatch(Run run, BlockingQueue<Outcome> ended) {
    var deadline = System.nanoTime() + run.timeout().toNanos();
    for (var i = 0; i < run.calls().size(); i++) {
      var call = run.calls().get(i);
      try {
        var handle =
            caller.beginRpc(call.id(), "computeSomething", Computed.class, call.id(), call.cost());
        var dispatchedAt = System.nanoTime();
        output.dispatched(call);
        Thread.ofVirtual()
            .name("wait for " + call.id())
            .start(() -> ended.add(await(call, handle, dispatchedAt, deadline)));
      } catch (ResonateException e) {
        run.calls().stream()
            .skip(i)
            .forEach(
                rest -> ended.add(new Outcome.Failed(rest, "not dispatched: " + e.getMessage())));
        return;
      }
    }
  }

  private static Outcome await(
      Call call, Handle<Computed> handle, long dispatchedAtNanos, long deadlineNanos) {
    var left = Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
    try {
      var computed = handle.result(left);
      return new Outcome.Succeeded(
          call, computed, (System.nanoTime() - dispatchedAtNanos) / 1_000_000);
    } catch (StillPendingException e) {
      return new Outcome.Failed(call, "not done within the time limit");
    } catch (ResonateException e) {
      return new Outcome.Failed(call, String.valueOf(e.getMessage()));
    }
  }
}
