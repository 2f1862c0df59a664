package dev.baton.server.simulation;

import dev.baton.protocol.Message;
import org.jspecify.annotations.Nullable;

/** A stream of a worker or client to a server, which keeps it open while owners change. */
final class ClusterStream {

  final ClusterWorld world;
  final ClusterWorker process;
  final ClusterNode server;
  private final int life;
  private @Nullable ClusterLink link;
  private boolean isOver;
  private boolean wasOpen;

  ClusterStream(ClusterWorld world, ClusterWorker process, ClusterNode server) {
    this.world = world;
    this.process = process;
    this.server = server;
    this.life = process.life;
  }

  /** Opens the owner's side, if there is an owner and none is open. */
  void connect() {
    ClusterNode.View view = server.view();
    if (isOver || link != null || view == null || server.isFrozen()) {
      return;
    }
    if (wasOpen && world.mutant == ClusterMutants.FORGETS_STREAMS) {
      return;
    }
    ClusterNode at = world.nodes.get(view.node());
    ClusterNode.Owned owner = at.isUp && !at.isFrozen() ? at.owned() : null;
    if (owner != null && !world.isCut(server.number, at.number)) {
      ClusterLink opened = new ClusterLink(this, owner);
      link = opened;
      wasOpen = true;
      opened.open();
    }
  }

  /** The owner, or the way to it, is lost. */
  void ownerLost(ClusterLink lost) {
    if (link == lost) {
      link = null;
    }
  }

  /** Its server has nothing to do with that owner any more. */
  void leaveOwner() {
    cut();
  }

  /** The way to the owner is cut. */
  void cut() {
    ClusterLink open = link;
    if (open != null) {
      link = null;
      open.closed(true);
    }
  }

  boolean goesTo(int owner) {
    ClusterNode.View view = server.view();
    return link != null && view != null && view.node() == owner;
  }

  /** The server that holds it is lost: its client notices soon, the owner, too. */
  void serverLost() {
    over(true);
    process.later(process.dice.between(5, 50), process::streamBroke);
  }

  /** Its client has left. */
  void clientLeft() {
    server.streams.remove(this);
    over(false);
  }

  private void over(boolean withServer) {
    isOver = true;
    ClusterLink open = link;
    link = null;
    if (open != null) {
      open.closed(withServer);
    }
  }

  void deliver(ClusterLink from, Message message) {
    world.timeline.in(
        process.dice.between(1, 4),
        () -> {
          world.trace.add(() -> process.pid + " is sent " + Words.of(message));
          if (!isOver && link == from && process.life == life) {
            process.receive(message);
          }
        });
  }
}
