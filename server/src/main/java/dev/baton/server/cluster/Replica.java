package dev.baton.server.cluster;

import dev.baton.server.auth.Authenticator;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.http.Answers;
import dev.baton.server.http.Cors;
import dev.baton.server.http.Intake;
import dev.baton.server.http.ProtocolEndpoint;
import dev.baton.server.http.RequestMetrics;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.BooleanSupplier;

/** One of several servers: what it does whether it owns the store or not. */
public final class Replica implements AutoCloseable {

  private static final long LOOK_MS = 500;

  private final Ownership ownership;
  private final OwnerClients clients;
  private final ClusterMetrics metrics = new ClusterMetrics();
  private final Forwarder forwarder;
  private final Relay relay;
  private final ReplicaEdge edge;
  private final Wire wire;
  private volatile boolean isOwnerReached;
  private volatile boolean isLeaving;

  /**
   * Puts its parts together. Before the first change of ownership.
   *
   * @param secret what it and the others know each other by
   * @param isAlive whether what runs here does what waits
   * @param isHereReady whether this server could serve if it is the owner
   */
  public Replica(
      Vertx vertx,
      ServerConfig config,
      String secret,
      Authenticator authenticator,
      Ownership ownership,
      Intake intake,
      Answers answers,
      RequestMetrics requests,
      BooleanSupplier isAlive,
      BooleanSupplier isHereReady) {
    this.ownership = ownership;
    WireHeaders headers = new WireHeaders(secret);
    this.clients = new OwnerClients(vertx, headers);
    this.wire = new Wire(vertx, headers, ownership);
    ownership.follow(() -> clients.leave(ownership.owner()));
    this.forwarder =
        new Forwarder(
            vertx, ownership, clients, metrics, config.cluster().hold(), config.http().queueSize());
    this.relay =
        new Relay(
            vertx,
            ownership,
            clients,
            metrics,
            new Relay.Settings(
                config.cluster().hold(), config.poll().keepAlive(), config.poll().ackTimeout()));
    this.edge =
        new ReplicaEdge(
            new Cors(config.http().corsAllowOrigins()),
            authenticator,
            new ProtocolEndpoint(config, authenticator, forwarder, intake, answers, requests),
            relay,
            new Passage(
                vertx,
                ownership,
                clients,
                metrics,
                intake,
                config.http().maxBodyBytes(),
                config.cluster().hold()),
            isAlive,
            () -> !isLeaving && isReady(isHereReady));
    vertx.setPeriodic(LOOK_MS, _ -> look());
    ownership.follow(() -> {
      isOwnerReached = false;
      look();
    });
  }

  private boolean isReady(BooleanSupplier isHereReady) {
    Owner owner = ownership.owner();
    return owner != null && (owner.isHere() ? isHereReady.getAsBoolean() : isOwnerReached);
  }

  /** Looks whether the owner elsewhere is there, which also keeps a connection to it open. */
  private void look() {
    Owner owner = ownership.owner();
    if (owner == null || owner.isHere() || owner.url().isEmpty()) {
      isOwnerReached = false;
      return;
    }
    clients
        .of(owner)
        .probe()
        .onComplete(probed -> isOwnerReached = probed.succeeded() && probed.result());
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

  /** Waits until the other servers have been sent what was decided for them, or for so long. */
  public void awaitAnswers(long mostMs) {
    wire.awaitAnswers(mostMs);
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

  /** Ends the connections to the owner. */
  @Override
  public void close() {
    clients.close();
  }
}
