package dev.baton.sdk.test;

import dev.baton.protocol.History;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.json.HistoryJson;
import dev.baton.sdk.ExecutionAborted;
import dev.baton.sdk.Functions;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.Engine;
import dev.baton.sdk.internal.work.Probe;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs new code against a call that was recorded with old code: {@code baton tree ID --export FILE}
 * writes such a record of any call, whether it is over or not, and {@link BatonKit#history} that of
 * one in a test. The code is given the recorded arguments, and each step its recorded outcome, so
 * no step is run; what is compared is which steps the code asks for: their kind, name, arguments,
 * version, order and number. Where they differ, calls that are under way when the new code is
 * rolled out would be held for a worker with the old.
 *
 * <p>What runs in calls that other workers took (rpc, detached) is replayed, too, if its function
 * is registered, and taken as it was if not. How long a sleep lasts, which group a call goes to,
 * and what is said with a promise is not compared, because calls under way go on whatever it is.
 */
public final class Replay {

  private static final AtomicLong REPLAYS = new AtomicLong();

  /** The code of a step whose outcome has not been recorded must not run. */
  private static final class NotRecorded extends ExecutionAborted {
    private static final long serialVersionUID = 1;

    NotRecorded(String id) {
      super(Reason.SUSPENDED, "the outcome of " + id + " has not been recorded");
    }
  }

  private final History history;
  private final Settings settings;
  private final Determinism.@Nullable Uses uses;

  private Replay(History history, Settings settings, Determinism.@Nullable Uses uses) {
    this.history = history;
    this.settings = settings;
    this.uses = uses;
  }

  /**
   * Of a recorded call.
   *
   * @param file what {@code baton tree --export} or {@link BatonKit#export} has written
   * @throws IllegalArgumentException that says what is wrong, if it cannot be read as such
   */
  public static Replay of(Path file) {
    try {
      return of(HistoryJson.read(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** Of a recorded call. */
  public static Replay of(History history) {
    return new Replay(history, Settings.defaults(), null);
  }

  /** With other settings: the codec that values were written with, for example. */
  public Replay with(UnaryOperator<Settings> change) {
    return new Replay(history, change.apply(settings), uses);
  }

  /** With notes of what steps use. */
  Replay observedBy(Determinism.Uses uses) {
    return new Replay(history, settings, uses);
  }

  /**
   * Replays the call.
   *
   * @param functions registers the code
   * @throws HistoryDiffersError that names the first step that differs
   * @throws IllegalArgumentException if the code has not the function of the call
   */
  public void against(Consumer<Resonate> functions) {
    difference(functions)
        .ifPresent(difference -> {
          throw new HistoryDiffersError(difference);
        });
  }

  /**
   * Replays the call, and gives the first difference as a sentence; empty if there is none.
   *
   * @throws IllegalArgumentException if the code has not the function of the call
   */
  public Optional<String> difference(Consumer<Resonate> functions) {
    return difference(functions, false);
  }

  Optional<String> difference(Consumer<Resonate> functions, boolean withResults) {
    for (var call : RecordedCall.of(history)) {
      var replayed = replay(call, functions);
      String obstacle = replayed.obstacle();
      if (obstacle != null && call.id().equals(history.root())) {
        throw new IllegalArgumentException(obstacle);
      }
      String difference = obstacle == null ? replayed.difference() : null;
      if (difference == null && withResults) {
        difference = replayed.differenceOfResults();
      }
      if (difference != null) {
        return Optional.of(difference);
      }
    }
    return Optional.empty();
  }

  private ReplayedCall replay(RecordedCall call, Consumer<Resonate> functions) {
    var replayed = new ReplayedCall(call, settings.codec());
    var time = new VirtualTime(Instant.ofEpochMilli(call.root().createdAt()));
    var server = new InProcessServer(time);
    time.add(server);
    var mine =
        settings
            .withUrl(URI.create("http://replay-" + REPLAYS.incrementAndGet() + ".invalid"))
            .withGroup("replay")
            .withPid("replay");
    var platform =
        new VirtualPlatform(time, server, replayed, probe(replayed), () -> false) {
          @Override
          ServerLink linked(InProcessServer server, Activities activities) {
            return new ServerLink(server, activities) {
              @Override
              public Response send(Request request) throws IOException {
                return switch (replayed.asked(request)) {
                  case ReplayedCall.Verdict.Pass pass ->
                      ReplayedCall.answered(super.send(pass.request()));
                  case ReplayedCall.Verdict.Answer answer -> answer.response();
                };
              }
            };
          }
        };
    var engine = new Engine(mine, platform);
    var resonate = Resonate.on(engine);
    functions.accept(resonate);
    resonate.start();
    server.load(replayed.before("poll://any@replay"));
    try {
      time.rest();
    } finally {
      engine.kill();
      time.activities().interrupt(replayed);
    }
    return replayed;
  }

  private Probe probe(ReplayedCall replayed) {
    return new Probe() {
      @Override
      public void made(String name, String id, Functions.Shape code) {
        if (uses != null) {
          uses.made(name, id, code);
        }
      }

      @Override
      public void beforeRun(String name, String id, int retry) {
        if (!replayed.runs(id)) {
          throw new NotRecorded(id);
        }
      }
    };
  }
}
