package dev.baton.operator.reconcile;

import static dev.baton.operator.server.ServerUnavailableException.Kind.TOKEN_MISSING;

import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.ServerAddress;
import dev.baton.operator.server.ServerUnavailableException;
import dev.baton.operator.server.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A token of the operator's own, from a file that may change at any time, for some servers and no
 * others: who writes a WorkerGroup names its server, and must not be sent it. Then the Secret that
 * a WorkerGroup names is its workers' only. Thread-safe.
 */
public final class OwnToken implements Tokens {

  private static final Duration KEPT = Duration.ofSeconds(5);

  private final Tokens others;
  private final Path file;
  private final Set<String> servers;
  private final Clock clock;
  private @Nullable String token;
  private Instant until = Instant.EPOCH;

  /**
   * With where it is.
   *
   * @param servers scheme, host and port of each, without a slash at the end
   */
  public OwnToken(Tokens others, Path file, Set<String> servers, Clock clock) {
    this.others = others;
    this.file = file;
    this.servers = Set.copyOf(servers);
    this.clock = clock;
  }

  @Override
  public @Nullable String forServer(ServerAddress server) {
    return servers.contains(server.server()) ? own() : others.forServer(server);
  }

  @Override
  public String read(GroupAddress.SecretKey key) {
    return others.read(key);
  }

  @Override
  public void refused() {
    synchronized (this) {
      until = Instant.EPOCH;
    }
    others.refused();
  }

  @Override
  public void onChange(Runnable changed) {
    others.onChange(changed);
  }

  private synchronized String own() {
    Instant now = clock.instant();
    String known = token;
    if (known == null || !now.isBefore(until)) {
      try {
        known = Files.readString(file).strip();
      } catch (IOException e) {
        throw new ServerUnavailableException(
            TOKEN_MISSING, "the operator's own token, " + file + ", cannot be read", e);
      }
      if (known.isEmpty() || !known.chars().allMatch(c -> c > ' ' && c <= '~')) {
        throw new ServerUnavailableException(
            TOKEN_MISSING,
            "the operator's own token, " + file + ", is empty, or holds blanks or line ends");
      }
      token = known;
      until = now.plus(KEPT);
    }
    return known;
  }
}
