package dev.baton.sdk.internal.wire;

import java.net.URI;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who this client is to the server. The pid is what it was told, mostly the name of its pod, which
 * several may have been told: two containers of a pod, two clients of a process. Messages and
 * leases go by it, so only one worker of a group bears it as it is, and whoever cannot be that one
 * adds something of its own.
 */
public final class Identity {

  private static final Logger LOG = LoggerFactory.getLogger(Identity.class);
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Who only waits for results must not be offered tasks, so it listens beside the group. */
  private static final String CLIENTS = "-clients";

  /** The workers of this process, which need not ask the server to know of one another. */
  private static final Set<Bearer> BEARERS = ConcurrentHashMap.newKeySet();

  private record Bearer(URI url, String group, String pid) {}

  private final URI url;
  private final String group;
  private final String told;
  private final String client;

  /**
   * Tells this run of the process from an earlier one with the same pid, whose leases are over. Who
   * knows it may drain this worker, so nobody is to guess it.
   */
  private final String run = hex(RANDOM.nextLong(), 16);

  private volatile String pid;
  private @Nullable Bearer bears;

  public Identity(URI url, String group, String pid) {
    this.url = url;
    this.group = group;
    this.told = pid;
    this.pid = pid;
    this.client = pid + "~client~" + hex(RANDOM.nextLong(), 8);
  }

  private static String hex(long number, int digits) {
    return HexFormat.of().toHexDigits(number, digits);
  }

  public String group() {
    return group;
  }

  /** The pid under which tasks are taken. */
  public String pid() {
    return pid;
  }

  /** Who this is, and a text that nobody else has. */
  public String signature() {
    return told + "~" + hex(RANDOM.nextLong(), 16);
  }

  public String run() {
    return run;
  }

  /** Becomes a worker. The pid is as told unless another worker of this process bears it. */
  public synchronized void claim() {
    var wanted = new Bearer(url, group, told);
    if (BEARERS.add(wanted)) {
      bears = wanted;
    } else {
      differ("another worker of this process");
    }
  }

  /** The server has said that another process serves the group under this pid. */
  public synchronized void taken() {
    differ("another process");
  }

  private void differ(String other) {
    pid = told + "~" + hex(RANDOM.nextLong(), 8);
    LOG.warn(
        "{} serves group {} with the pid {}, so this one is {}: give each worker a pid of its own",
        other,
        group,
        told,
        pid);
  }

  /** Is a worker no longer. */
  public synchronized void release() {
    if (bears != null) {
      BEARERS.remove(bears);
      bears = null;
    }
  }

  /** The path of a worker's message channel, without what it announces. */
  public String workerPath() {
    return path(group, pid);
  }

  /** The path of the message channel of who only waits. */
  public String clientPath() {
    return path(group + CLIENTS, client);
  }

  private String path(String group, String id) {
    return "/poll/%s/%s?run=%s&keep-alive=%d"
        .formatted(
            Targets.encode(group), Targets.encode(id), run, PollConnection.WANTED_KEEP_ALIVE_MS);
  }

  /** Where a worker hears of settled promises. */
  public String workerAddress() {
    return Targets.only(group, pid);
  }

  /** Where who only waits hears of settled promises. */
  public String clientAddress() {
    return Targets.only(group + CLIENTS, client);
  }
}
