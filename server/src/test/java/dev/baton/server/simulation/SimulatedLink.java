package dev.baton.server.simulation;

import dev.baton.protocol.Message;
import dev.baton.server.dispatch.FunctionRef;
import dev.baton.server.dispatch.Link;
import dev.baton.server.simulation.Plan.Member;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A stream from the server to a process, as the server sees it. What is sent arrives in order. */
final class SimulatedLink implements Link {

  private static final long LOOK_AGAIN_MS = 300;
  private static final int SLOW_PER_MILLE = 30;
  private static final int SLOW_MOST_MS = 3_000;

  final Member member;
  private final World world;
  private final SimulatedProcess process;
  private final int life;
  private final @Nullable String run;
  private final @Nullable Set<FunctionRef> functions;
  private final Deque<Message> toTake = new ArrayDeque<>();
  private boolean isTaking;
  private long taken;
  private long lastArrivalAt;

  /** Whether the dispatcher believes in it. */
  boolean isKnown;

  /** Whether the process reads it. */
  boolean isWritable = true;

  /** Whether what is sent gets anywhere. */
  boolean isBroken;

  SimulatedLink(World world, SimulatedProcess process) {
    this.world = world;
    this.process = process;
    this.member = process.member;
    this.life = process.life;
    // In the end there is somebody for everything.
    this.functions = world.isHealed() ? null : member.functions();
    this.run = member.announcesRun() ? process.runName() : null;
  }

  @Override
  public String group() {
    return member.group();
  }

  @Override
  public String pid() {
    return member.pid();
  }

  @Override
  public String address() {
    return member.address();
  }

  @Override
  public @Nullable Integer slots() {
    return member.slots();
  }

  @Override
  public @Nullable String run() {
    return run;
  }

  @Override
  public @Nullable Set<FunctionRef> functions() {
    return functions;
  }

  /** Whether its process has said nothing, or that it has this. */
  boolean has(FunctionRef function) {
    return functions == null || functions.contains(function);
  }

  @Override
  public boolean hearsSettled() {
    return member.announcesRun();
  }

  @Override
  public boolean isStrict() {
    return member.isStrict();
  }

  @Override
  public boolean isWritable() {
    return isWritable;
  }

  @Override
  public long send(Message message) {
    world.deliveries.sending(this, message);
    toTake.add(message);
    if (!isTaking) {
      isTaking = true;
      boolean isSlow = world.isMishap(process.dice, SLOW_PER_MILLE);
      world.timeline.in(isSlow ? process.dice.between(1, SLOW_MOST_MS) : 1, this::take);
    }
    world.trace.add(() -> "server -> " + pid() + ": " + Words.of(message));
    lastArrivalAt = Math.max(lastArrivalAt, world.timeline.now() + process.latency());
    world.timeline.at(
        lastArrivalAt,
        () -> {
          if (!isBroken && process.life == life && !process.isCut()) {
            process.whenAwake(() -> process.receive(message));
          }
        });
    return taken + toTake.size();
  }

  @Override
  public long taken() {
    return taken;
  }

  /** The connection takes what it was sent, in order, while its peer reads. */
  private void take() {
    isTaking = false;
    while (!toTake.isEmpty() && isWritable && !isBroken && !process.isCut()) {
      taken++;
      world.deliveries.taken(this, toTake.remove());
    }
    if (!toTake.isEmpty() && !isBroken) {
      isTaking = true;
      world.timeline.in(LOOK_AGAIN_MS, this::take);
    }
  }

  @Override
  public void close() {
    world.trace.add(() -> "server closes the stream of " + pid());
    world.timeline.in(process.latency(), this::breakOff);
  }

  /** The connection is gone: both ends will notice. */
  void breakOff() {
    if (!isBroken) {
      isBroken = true;
      world.server.closed(this);
      if (process.life == life && process.link == this) {
        process.reconnect();
      }
    }
  }

  @Override
  public String toString() {
    return pid() + "@" + group();
  }
}
