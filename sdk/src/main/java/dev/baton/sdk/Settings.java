package dev.baton.sdk;

import dev.baton.protocol.BearerToken;
import dev.baton.protocol.ServerUrl;
import dev.baton.sdk.internal.Environment;
import java.net.URI;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Where the server is and who this process is to it. Each {@code with} method gives a changed copy.
 *
 * @param url the server's, such as {@code http://resonate:8001}
 * @param group the group that this process works for
 * @param pid this process's id, unique within the group: two processes with one id end each other's
 *     work
 * @param slots how many tasks this process holds at once; 0 for no limit
 * @param token a JWT for servers that ask for one (protocol section 16), without the line end that
 *     a file may leave at its end; null for none
 * @param leaseTtl how long a task stays with this process without a heartbeat. Heartbeats are sent
 *     three times as often; a short lease means a fast takeover where the server does not notice
 *     broken connections
 * @param drainTimeout how long {@link Resonate#close()} lets running tasks finish before it gives
 *     them back
 * @param requestTimeout how long a request is repeated while the server is away or too busy, before
 *     it fails with {@link ConnectionException}
 */
public record Settings(
    URI url,
    String group,
    String pid,
    int slots,
    @Nullable String token,
    Duration leaseTtl,
    Duration drainTimeout,
    Duration requestTimeout) {

  /** Where a server listens unless told otherwise. */
  public static final URI DEFAULT_URL = URI.create("http://localhost:8001");

  /** The group of those who name none. */
  public static final String DEFAULT_GROUP = "default";

  public Settings {
    try {
      ServerUrl.check(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("url must be " + e.getMessage(), e);
    }
    token = token == null ? null : BearerToken.of(token);
    if (group.isBlank()) {
      throw new IllegalArgumentException("group is blank");
    }
    if (pid.isBlank()) {
      throw new IllegalArgumentException("pid is blank");
    }
    if (slots < 0) {
      throw new IllegalArgumentException("slots " + slots + " is negative; 0 means no limit");
    }
    if (leaseTtl.toMillis() < 100) {
      throw new IllegalArgumentException("leaseTtl " + leaseTtl + " is below 100 ms");
    }
    if (drainTimeout.isNegative()) {
      throw new IllegalArgumentException("drainTimeout " + drainTimeout + " is negative");
    }
    if (!requestTimeout.isPositive()) {
      throw new IllegalArgumentException("requestTimeout " + requestTimeout + " is not positive");
    }
  }

  /**
   * {@link #DEFAULT_URL}, {@link #DEFAULT_GROUP}, a random pid, no limit of slots, no token, leases
   * of 15 s, 20 s to drain, requests repeated for 30 s.
   */
  public static Settings defaults() {
    return new Settings(
        DEFAULT_URL,
        DEFAULT_GROUP,
        HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()),
        0,
        null,
        Duration.ofSeconds(15),
        Duration.ofSeconds(20),
        Duration.ofSeconds(30));
  }

  /**
   * The defaults changed by the environment: {@code RESONATE_URL}, {@code RESONATE_GROUP}, {@code
   * RESONATE_PID}, {@code RESONATE_TOKEN}, {@code RESONATE_SLOTS}, and as seconds or ISO-8601
   * durations {@code RESONATE_DRAIN_TIMEOUT}, {@code RESONATE_LEASE_TTL} and {@code
   * RESONATE_REQUEST_TIMEOUT}. An empty variable counts as absent.
   *
   * @throws IllegalArgumentException naming the variable, if one has no valid value
   */
  public static Settings fromEnvironment() {
    return fromEnvironment(System.getenv());
  }

  /** As {@link #fromEnvironment()}, with these variables. */
  public static Settings fromEnvironment(Map<String, String> variables) {
    return Environment.settings(variables);
  }

  /** With that server. */
  public Settings withUrl(URI url) {
    return new Settings(url, group, pid, slots, token, leaseTtl, drainTimeout, requestTimeout);
  }

  /** With that group. */
  public Settings withGroup(String group) {
    return new Settings(url, group, pid, slots, token, leaseTtl, drainTimeout, requestTimeout);
  }

  /** With that process id. */
  public Settings withPid(String pid) {
    return new Settings(url, group, pid, slots, token, leaseTtl, drainTimeout, requestTimeout);
  }

  /** With that many slots; 0 for no limit. */
  public Settings withSlots(int slots) {
    return new Settings(url, group, pid, slots, token, leaseTtl, drainTimeout, requestTimeout);
  }

  /** With that token; null for none. */
  public Settings withToken(@Nullable String token) {
    return new Settings(url, group, pid, slots, token, leaseTtl, drainTimeout, requestTimeout);
  }

  /** With leases of that length. */
  public Settings withLeaseTtl(Duration leaseTtl) {
    return new Settings(url, group, pid, slots, token, leaseTtl, drainTimeout, requestTimeout);
  }

  /** With that drain time. */
  public Settings withDrainTimeout(Duration drainTimeout) {
    return new Settings(url, group, pid, slots, token, leaseTtl, drainTimeout, requestTimeout);
  }

  /** With that patience. */
  public Settings withRequestTimeout(Duration requestTimeout) {
    return new Settings(url, group, pid, slots, token, leaseTtl, drainTimeout, requestTimeout);
  }

  /** Without the token, which must not reach a log. */
  @Override
  public String toString() {
    return "Settings[url=%s, group=%s, pid=%s, slots=%d, leaseTtl=%s, drainTimeout=%s]"
        .formatted(url, group, pid, slots, leaseTtl, drainTimeout);
  }
}
