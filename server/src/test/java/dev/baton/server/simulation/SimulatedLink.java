package dev.baton.server.simulation;

import dev.baton.protocol.Message;
import dev.baton.server.dispatch.Link;
import dev.baton.server.simulation.Plan.Member;
import org.jspecify.annotations.Nullable;

/** A stream from the server to a process, as the server sees it. What is sent arrives in order. */
final class SimulatedLink implements Link {

  final Member member;
  private final World world;
  private final SimulatedProcess process;
  private final int life;
  private final @Nullable String run;
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
  public boolean isStrict() {
    return member.isStrict();
  }

  @Override
  public boolean isWritable() {
    return isWritable;
  }

  @Override
  public void send(Message message) {
    world.deliveries.sending(this, message);
    world.trace.add(() -> "server -> " + pid() + ": " + Words.of(message));
    lastArrivalAt = Math.max(lastArrivalAt, world.timeline.now() + process.latency());
    world.timeline.at(
        lastArrivalAt,
        () -> {
          if (!isBroken && process.life == life && !process.isCut()) {
            process.whenAwake(() -> process.receive(message));
          }
        });
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
