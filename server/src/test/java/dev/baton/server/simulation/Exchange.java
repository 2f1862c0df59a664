package dev.baton.server.simulation;

import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import java.util.function.Consumer;

/** A request on its way: it may be lost, doubled or late, and is repeated until it is answered. */
final class Exchange {

  private static final long PATIENCE_MS = 3_000;
  private static final int BACKOFF_LEAST_MS = 100;
  private static final int BACKOFF_MOST_MS = 1_000;

  private final SimulatedProcess process;
  private final World world;
  private final Request request;
  private final Consumer<Response> then;
  private boolean isAnswered;
  private int attempt;

  Exchange(SimulatedProcess process, Request request, Consumer<Response> then) {
    this.process = process;
    this.world = process.world;
    this.request = request;
    this.then = then;
  }

  void send() {
    if (isAnswered) {
      return;
    }
    int mine = ++attempt;
    sendOnce();
    process.later(
        PATIENCE_MS,
        () -> {
          if (attempt == mine) {
            send();
          }
        });
  }

  /** Sends and does not care whether it arrives. */
  void sendOnce() {
    travel();
    if (world.isMishap(process.dice, world.plan.setting().duplicatePerMille())) {
      travel();
    }
  }

  private void travel() {
    int life = process.life;
    int serverLife = world.server.lives;
    world.timeline.in(
        process.latency(),
        () -> {
          if (process.isCut()
              || world.isMishap(process.dice, world.plan.setting().lossPerMille())) {
            return;
          }
          boolean isTaken =
              world.server.lives == serverLife // What was on its way to another process is lost.
                  && world.server.submit(
                      request,
                      response -> {
                        world.trace.add(
                            () -> "server -> " + process.member.pid() + ": " + Words.of(response));
                        comeBack(life, response);
                      });
          if (!isTaken && process.life == life) {
            repeat();
          }
        });
  }

  private void comeBack(int life, Response response) {
    world.timeline.at(
        world.server.answersAt() + process.latency(),
        () -> {
          boolean isLost =
              process.isCut() || world.isMishap(process.dice, world.plan.setting().lossPerMille());
          if (process.life == life && !isLost) {
            process.whenAwake(() -> arrive(response));
          }
        });
  }

  private void arrive(Response response) {
    if (isAnswered) {
      return;
    }
    if (response.status() >= 500) {
      repeat();
    } else {
      isAnswered = true;
      then.accept(response);
    }
  }

  private void repeat() {
    int mine = ++attempt;
    process.later(
        process.dice.between(BACKOFF_LEAST_MS, BACKOFF_MOST_MS),
        () -> {
          if (attempt == mine) {
            send();
          }
        });
  }
}
