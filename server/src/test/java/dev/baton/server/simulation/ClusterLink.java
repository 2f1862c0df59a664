package dev.baton.server.simulation;

import dev.baton.protocol.Message;
import dev.baton.server.dispatch.Link;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The owner's side of a stream. */
final class ClusterLink implements Link {

  private final ClusterStream stream;
  private final ClusterNode.Owned owner;
  private long sent;
  private boolean isLostWithServer;
  private boolean isOver;

  ClusterLink(ClusterStream stream, ClusterNode.Owned owner) {
    this.stream = stream;
    this.owner = owner;
  }

  /** The owner knows of it from now on. */
  void open() {
    owner.links.add(this);
    owner.execute(() -> {
      if (!isOver) {
        owner.dispatcher.connected(this, owner.pipeline.now());
      }
    });
  }

  /** The client has left, or the server that held its stream was lost. */
  void closed(boolean withServer) {
    if (isOver) {
      return;
    }
    isOver = true;
    isLostWithServer = withServer;
    owner.links.remove(this);
    owner.execute(() -> owner.dispatcher.disconnected(this, owner.pipeline.now()));
  }

  /** The owner is none any more. */
  void ownerLost() {
    isOver = true;
    stream.ownerLost(this);
  }

  @Override
  public String group() {
    return stream.process.group;
  }

  @Override
  public String pid() {
    return stream.process.pid;
  }

  @Override
  public String address() {
    return "10.0.0.1";
  }

  @Override
  public @Nullable Integer slots() {
    return stream.process.isClient() ? null : 2;
  }

  @Override
  public @Nullable String run() {
    return null;
  }

  @Override
  public Duration grace(Duration usual) {
    return isLostWithServer && stream.world.mutant != ClusterMutants.SHORT_GRACE_FOR_LOST_SERVERS
        ? Duration.ofMillis(ClusterNode.REPLICA_GRACE_MS)
        : usual;
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public long send(Message message) {
    if (!isOver) {
      stream.deliver(this, message);
    }
    return ++sent;
  }

  @Override
  public long taken() {
    return isOver ? 0 : sent;
  }

  @Override
  public void close() {
    closed(false);
  }
}
