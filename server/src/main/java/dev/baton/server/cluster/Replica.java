package dev.baton.server.cluster;

import dev.baton.server.auth.Authenticator;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.http.Answers;
import dev.baton.server.http.Cors;
import dev.baton.server.http.Intake;
import dev.baton.server.http.ProtocolEndpoint;
import dev.baton.server.http.RequestMetrics;
import dev.baton.server.http.RequestTracer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One of several servers: what it does whether it owns the store or not. */
public final class Replica implements AutoCloseable {

  private final Ownership ownership;
  private final OwnerClients clients;
  private final ClusterMetrics metrics = new ClusterMetrics();
  private final Forwarder forwarder;
  private final Relay relay;
  private final ReplicaEdge edge;
  private final Wire wire;
  private final String name;
  private final OwnerProbes probes;
  private volatile boolean isLeaving;

  /**
   * Puts its parts together. Before the first change of ownership.
   *
   * @param secret what it and the others know each other by
   * @param succession what an owner that leaves does
   * @param isAlive whether what runs here does what waits
   * @param isHereReady whether this server could serve if it is the owner
   */
  public Replica(
      Vertx vertx,
      ServerConfig config,
      String secret,
      Authenticator authenticator,
      Ownership ownership,
      Succession succession,
      Intake intake,
      Answers answers,
      RequestMetrics requests,
      RequestTracer tracer,
      BooleanSupplier isAlive,
      BooleanSupplier isHereReady) {
    this.ownership = ownership;
    WireHeaders headers = new WireHeaders(secret);
    this.name = headers.replica();
    this.clients = new OwnerClients(vertx, headers);
    this.wire = new Wire(vertx, headers, ownership, succession);
    ownership.follow(() -> clients.leave(ownership.owner()));
    OwnerQueue waiting = new OwnerQueue(vertx, ownership, OwnerQueue.RETRY_MS);
    this.forwarder =
        new Forwarder(
            vertx,
            ownership,
            clients,
            waiting,
            metrics,
            config.cluster().hold(),
            config.http().queueSize());
    this.relay =
        new Relay(
            vertx,
            ownership,
            clients,
            waiting,
            metrics,
            new Relay.Settings(
                config.cluster().hold(), config.poll().keepAlive(), config.poll().ackTimeout()));
    this.edge =
        new ReplicaEdge(
            new Cors(config.http().corsAllowOrigins()),
            authenticator,
            new ProtocolEndpoint(
                config, authenticator, forwarder, intake, answers, requests, tracer),
            relay,
            new Passage(
                vertx,
                ownership,
                clients,
                waiting,
                metrics,
                intake,
                answers,
                config.http().maxBodyBytes(),
                config.cluster().hold()),
            isAlive,
            () -> !isLeaving && isReady(isHereReady));
    this.probes = new OwnerProbes(vertx, ownership, clients, waiting);
  }

  private boolean isReady(BooleanSupplier isHereReady) {
    Owner owner = ownership.owner();
    return owner != null && (owner.isHere() ? isHereReady.getAsBoolean() : probes.isReached());
  }

  /** Calls something, on an event loop, while the owner elsewhere looks for one that follows. */
  public void whenOwnerLeaves(Consumer<Owner> action) {
    probes.whenOwnerLeaves(action);
  }

  /** Tells an owner that leaves that this server follows it; fails if another does. */
  public Future<?> begin(Owner owner) {
    return clients.of(owner).ask(Wire.SUCCESSOR + name);
  }

  /**
   * Answers what an owner that leaves has written since {@link #begin}, or since it was last asked.
   * Unless it fails with {@link Refused}, the notes may be lost with the answer.
   */
  public Future<byte[]> noted(Owner owner) {
    return clients.of(owner).ask(Wire.NOTED + name).map(Buffer::getBytes);
  }

  /** Lets an owner that leaves end; answers what has been written since it was last asked. */
  public Future<byte[]> end(Owner owner) {
    return clients.of(owner).ask(Wire.END + name).map(Buffer::getBytes);
  }

  /** Tells an owner that leaves that this server does not follow it after all. */
  public Future<?> giveBack(Owner owner) {
    return clients.of(owner).ask(Wire.BACK + name);
  }

  /** Whether another server than those has been heard of late. */
  public boolean hasReplicasBut(Set<String> those) {
    return wire.hasReplicasBut(those);
  }

  /** Handles a client's request on its event loop. */
  public void handle(HttpServerRequest request) {
    edge.handle(request);
  }

  /** Handles what another server passes on, on its event loop. */
  public void handleWire(HttpServerRequest request) {
    wire.handle(request);
  }

  /** Another server has connected to the wire. */
  public void wireConnected(HttpConnection connection) {
    wire.connected(connection);
  }

  /** What it counts. */
  public ClusterMetrics metrics() {
    return metrics;
  }

  /** Waits until the other servers have been answered what was decided for them, or for so long. */
  public void awaitAnswers(long mostMs) {
    wire.awaitAnswers(mostMs);
  }

  /** Waits for a moment, in which answers that have been given leave this process. */
  public void awaitFlushed() {
    wire.awaitFlushed();
  }

  /** Waits until no request of its clients is under way, or for so long. */
  public void awaitQuiet(long mostMs) {
    forwarder.awaitQuiet(mostMs);
  }

  /** From now on it is not ready any more; all else goes on. */
  public void leave() {
    isLeaving = true;
  }

  /** Ends the streams of its clients, and opens none. */
  public void endStreams() {
    relay.close();
  }

  /** Ends the connections to the owner, and opens none to another. */
  @Override
  public void close() {
    probes.close();
    clients.close();
  }
}
