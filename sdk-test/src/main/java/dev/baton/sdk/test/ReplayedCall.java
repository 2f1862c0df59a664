package dev.baton.sdk.test;

import dev.baton.core.Change;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import dev.baton.protocol.Value;
import dev.baton.sdk.Codec;
import dev.baton.sdk.internal.value.JsonValues;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A recorded call that is run again, seen from the server: what it asks for is compared with what
 * it asked for then. Its steps have the outcomes that they had, so nothing of them is run.
 */
final class ReplayedCall {

  private static final String GOES_ON = ": a call that is under way could not go on with this code";

  /** How the SDK begins to say that a function no longer makes all its steps. */
  private static final Pattern ENDS_EARLY = Pattern.compile("(\\S+) ends after (\\d+) steps");

  private static final Verdict NO_MORE =
      new Verdict.Answer(Response.failure(409, "the replay has come to its end"));

  private final RecordedCall call;
  private final Codec codec;
  private final Set<String> seen = new LinkedHashSet<>();

  /** What becomes of a request. */
  sealed interface Verdict {
    /** The server answers this. */
    record Pass(Request request) implements Verdict {}

    /** The server is not asked. */
    record Answer(Response response) implements Verdict {}
  }

  /** What differs, by where. */
  private final Map<String, String> differences = new HashMap<>();

  /** Whether somebody has begun to run it again. */
  private boolean begun;

  /** Why it could not be replayed at all. */
  private @Nullable String obstacle;

  private final Map<String, Value> results = new HashMap<>();

  ReplayedCall(RecordedCall call, Codec codec) {
    this.call = call;
    this.codec = codec;
  }

  /** What the server holds before the call is run again: its outcome and its end are yet to be. */
  List<Change> before(String target) {
    var changes = new ArrayList<Change>();
    for (var step : call.steps().values()) {
      changes.add(new Change.PutPromise(null, promise(step, isRunAgain(step))));
    }
    var root = call.root();
    changes.add(new Change.PutPromise(null, promise(root, true)));
    // Not the first version, so that the SDK asks for steps that it has not been shown.
    changes.add(
        new Change.PutTask(
            null, new Task(root.id(), target, 1, new TaskState.Pending(root.createdAt(), true))));
    return changes;
  }

  /** Whether it is the code of a function, whose outcome could be had again. */
  private boolean isRunAgain(PromiseRecord step) {
    return call.makesSteps(step)
        && RecordedStep.of(step.tags(), step.param(), codec).kind().equals("run")
        && (step.state() == PromiseRecord.State.RESOLVED
            || step.state() == PromiseRecord.State.REJECTED);
  }

  private static Promise promise(PromiseRecord record, boolean isPending) {
    Long settledAt = record.settledAt();
    var state =
        settledAt == null || isPending
            ? new PromiseState.Pending()
            : new PromiseState.Settled(record.state(), record.value(), settledAt);
    return new Promise(
        record.id(), record.param(), record.tags(), Long.MAX_VALUE / 2, record.createdAt(), state);
  }

  /**
   * Whether the code of that promise is to run: not that of a step, whose outcome is what counts.
   */
  boolean runs(String id) {
    var recorded = call.find(id);
    return recorded != null && (id.equals(call.id()) || isRunAgain(recorded));
  }

  /** Sees what is asked of the server. */
  synchronized Verdict asked(Request request) {
    switch (request) {
      case TaskRequest.Acquire acquire -> {
        if (isOver()) {
          return NO_MORE;
        }
        begun = true;
      }
      case TaskRequest.Fence fence -> {
        return fenced(fence);
      }
      // What the SDK has looked up it compares itself, and does not ask for.
      case PromiseRequest.Get get -> seen.add(get.id());
      case TaskRequest.Fulfill fulfill -> ended(call.id(), fulfill.action());
      case TaskRequest.Release release -> released(release.reason());
      default -> {}
    }
    return new Verdict.Pass(request);
  }

  /** What the server answers: without the steps that the SDK would otherwise not ask for. */
  static Response answered(Response response) {
    return response.body() instanceof Response.Acquired acquired
        ? new Response(
            response.status(),
            new Response.Acquired(acquired.task(), acquired.promise(), List.of()))
        : response;
  }

  private Verdict fenced(TaskRequest.Fence fence) {
    return switch (fence.action()) {
      case FenceAction.Create create ->
          created(create.request()) ? new Verdict.Pass(fence) : NO_MORE;
      case FenceAction.Settle settle ->
          new Verdict.Pass(
              new TaskRequest.Fence(
                  fence.id(),
                  fence.version(),
                  new FenceAction.Settle(settled(settle.request())),
                  fence.preload()));
      case FenceAction.OutOfReach hidden -> new Verdict.Pass(fence);
      case FenceAction.Malformed malformed -> new Verdict.Pass(fence);
    };
  }

  /** Whether the function may go on. */
  private boolean created(PromiseRequest.Create request) {
    if (isOver()) {
      return false;
    }
    var now = RecordedStep.of(request.tags(), request.param(), codec);
    var recorded = call.find(request.id());
    if (recorded == null) {
      return isNew(request, now);
    }
    seen.add(request.id());
    String difference =
        now.differenceFrom(RecordedStep.of(recorded.tags(), recorded.param(), codec));
    if (difference == null) {
      return true;
    }
    differs(
        request.id(), said(request.id()) + " " + difference + moved(request.id(), now) + GOES_ON);
    return false;
  }

  /** Whether a step that was not recorded is allowed. */
  private boolean isNew(PromiseRequest.Create request, RecordedStep now) {
    String id = request.id();
    if (id.substring(id.lastIndexOf('.') + 1).startsWith("v-")) {
      return true; // The version of a change: that is what it is for.
    }
    String function = function(id);
    var recorded = function == null ? null : call.find(function);
    if (function == null || recorded == null || !recorded.isSettled()) {
      return false; // It has been recorded up to here.
    }
    if (id.startsWith(function + ".r") && RecordedCall.place(function, id) == null) {
      differs(
          id,
          "%s fails where it did not when it was recorded: %s%s"
              .formatted(saidCode(function), failure(request.param()), GOES_ON));
      return false;
    }
    int count = call.stepsOf(function).size();
    differs(
        id,
        "%s, %s, is new: when it was recorded, %s ended after %d %s%s"
            .formatted(
                said(id), now, saidCode(function), count, count == 1 ? "step" : "steps", GOES_ON));
    return false;
  }

  private static String failure(Value value) {
    var json = CalledFunction.json(value);
    return json == null
        ? "for an unknown reason"
        : json.path("name").asText() + ": " + json.path("message").asText();
  }

  /** Whose step that is; null if it is nobody's that was recorded. */
  private @Nullable String function(String id) {
    for (int dot = id.lastIndexOf('.'); dot > 0; dot = id.lastIndexOf('.', dot - 1)) {
      String above = id.substring(0, dot);
      if (call.find(above) != null && !above.matches(".*\\.r\\d+")) {
        return above;
      }
    }
    return null;
  }

  private PromiseRequest.Settle settled(PromiseRequest.Settle settle) {
    var recorded = call.find(settle.id());
    if (recorded == null || !isRunAgain(recorded)) {
      return settle;
    }
    ended(settle.id(), settle);
    return new PromiseRequest.Settle(settle.id(), recorded.state(), recorded.value());
  }

  /** A function has come to its end, and made all the steps that it makes. */
  private void ended(String function, PromiseRequest.Settle outcome) {
    results.put(function, outcome.value());
    missing(
        function,
        outcome.state() == PromiseRecord.State.REJECTED
            ? "now fails (" + failure(outcome.value()) + ")"
            : "now ends");
  }

  private void missing(String function, String ends) {
    var steps = call.stepsOf(function);
    for (int i = 0; i < steps.size(); i++) {
      if (!seen.contains(steps.get(i).id())) {
        isMissing(function, ends, steps, i);
        return;
      }
    }
    for (var step : call.steps().values()) {
      if (step.id().startsWith(function + ".p-") && !seen.contains(step.id())) {
        differs(
            step.id(),
            "promise '%s' of %s is not made any more%s"
                .formatted(
                    step.id().substring(function.length() + 3), saidCode(function), GOES_ON));
      }
    }
  }

  private void isMissing(String function, String ends, List<PromiseRecord> steps, int made) {
    var step = steps.get(made);
    differs(
        step.id(),
        "%s, %s, is gone: %s %s after %d %s%s"
            .formatted(
                said(step.id()),
                RecordedStep.of(step.tags(), step.param(), codec),
                saidCode(function),
                ends,
                made,
                made == 1 ? "step" : "steps",
                GOES_ON));
  }

  private void released(@Nullable String reason) {
    if (reason == null || isOver()) {
      return;
    }
    int colon = reason.indexOf(": ");
    String why =
        (colon < 0 ? reason : reason.substring(colon + 2))
            .replace("its replay does not match: ", "");
    if (!reason.startsWith("replay")) {
      obstacle = call.id() + " cannot be replayed: " + why;
      return;
    }
    var early = ENDS_EARLY.matcher(why);
    if (early.lookingAt()) { // What is missing can be said better than the SDK does.
      var steps = call.stepsOf(early.group(1));
      int made = Integer.parseInt(early.group(2));
      if (made < steps.size()) {
        isMissing(early.group(1), "now ends", steps, made);
      }
    }
    if (!isOver()) {
      differs(call.id(), why);
    }
  }

  private void differs(String where, String how) {
    differences.putIfAbsent(where, how);
  }

  private boolean isOver() {
    return !differences.isEmpty() || obstacle != null;
  }

  /** Where else that step was. */
  private String moved(String id, RecordedStep now) {
    String function = function(id);
    var place = function == null ? null : RecordedCall.place(function, id);
    if (function == null || place == null || now.name().isEmpty()) {
      return "";
    }
    for (var step : call.stepsOf(function)) {
      var was = RecordedStep.of(step.tags(), step.param(), codec);
      var there = RecordedCall.place(function, step.id());
      if (was.kind().equals(now.kind())
          && was.name().equals(now.name())
          && there != null
          && there.number() != place.number()) {
        return ", which was step " + there.number();
      }
    }
    return "";
  }

  private String said(String id) {
    String function = function(id);
    var place = function == null ? null : RecordedCall.place(function, id);
    return function == null || place == null
        ? id
        : "step " + place.number() + " of " + saidCode(function) + " (" + id + ")";
  }

  private String saidCode(String function) {
    var recorded = call.find(function);
    var name = recorded == null ? null : CalledFunction.of(recorded.param());
    return name == null ? function : function + " '" + name.name() + "'";
  }

  /** The first difference; null if there is none. */
  synchronized @Nullable String difference() {
    return differences.entrySet().stream()
        .min(Map.Entry.comparingByKey(RecordedCall.BY_PLACE))
        .map(Map.Entry::getValue)
        .orElse(null);
  }

  /** Why it could not be replayed; null if it could. */
  synchronized @Nullable String obstacle() {
    if (obstacle == null && !begun) {
      return "%s cannot be replayed: %s is not registered"
          .formatted(call.id(), CalledFunction.of(call.root().param()));
    }
    return obstacle;
  }

  /** How the outcomes of functions differ from what they were, by the first of them. */
  synchronized @Nullable String differenceOfResults() {
    for (var entry : results.entrySet()) {
      var recorded = call.find(entry.getKey());
      if (recorded == null || recorded.state() != PromiseRecord.State.RESOLVED) {
        continue;
      }
      var before = CalledFunction.json(recorded.value());
      var now = CalledFunction.json(entry.getValue());
      if (before != null && now != null && !JsonValues.areAlike(before, now)) {
        return "%s gave %s the first time, and gives %s when it is run again with the same outcomes of its steps"
            .formatted(
                saidCode(entry.getKey()), RecordedStep.shown(before), RecordedStep.shown(now));
      }
    }
    return null;
  }
}
