package dev.baton.sdk;

import dev.baton.protocol.BearerToken;
import dev.baton.sdk.internal.Environment;
import dev.baton.sdk.internal.wire.Endpoint;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the server is and who this process is to it. Immutable: each {@code with} method gives a
 * changed copy, or throws an {@link IllegalArgumentException} that names the setting, its value and
 * the rule. More may come, always with a default.
 */
public final class Settings {

  /** Where a server listens unless told otherwise. */
  public static final URI DEFAULT_URL = URI.create("http://localhost:8001");

  /** The group of those who name none. */
  public static final String DEFAULT_GROUP = "default";

  /** How many tasks a process holds at once that does not say: enough to wait, not to drown. */
  public static final int DEFAULT_SLOTS = 64;

  /** What is changed before it is frozen. */
  private static final class Draft {
    private URI url = DEFAULT_URL;
    private String group = DEFAULT_GROUP;
    private String pid = "";
    private @Nullable Integer slots;
    private @Nullable String token;
    private @Nullable TokenSupplier tokens;
    private Consumer<HttpClient.Builder> http = builder -> {};
    private Duration leaseTtl = Duration.ofSeconds(15);
    private Duration drainTimeout = Duration.ofSeconds(20);
    private Duration requestTimeout = Duration.ofSeconds(30);
    private Duration refusalLimit = Duration.ofSeconds(60);
    private FunctionThreads functionThreads = FunctionThreads.VIRTUAL;
    private ReplayMismatch replayMismatch = ReplayMismatch.HOLD;
    private Codec codec = JacksonCodec.lossless();
    private List<Interceptor> interceptors = List.of();
  }

  private final URI url;
  private final String group;
  private final String pid;
  private final @Nullable Integer slots;
  private final @Nullable String token;
  private final @Nullable TokenSupplier tokens;
  private final Consumer<HttpClient.Builder> http;
  private final Duration leaseTtl;
  private final Duration drainTimeout;
  private final Duration requestTimeout;
  private final Duration refusalLimit;
  private final FunctionThreads functionThreads;
  private final ReplayMismatch replayMismatch;
  private final Codec codec;
  private final List<Interceptor> interceptors;

  private Settings(Draft draft) {
    url = draft.url;
    group = draft.group;
    pid = draft.pid;
    slots = draft.slots;
    token = draft.token == null ? null : BearerToken.of(draft.token);
    tokens = draft.tokens;
    http = draft.http;
    leaseTtl = draft.leaseTtl;
    drainTimeout = draft.drainTimeout;
    requestTimeout = draft.requestTimeout;
    refusalLimit = draft.refusalLimit;
    functionThreads = draft.functionThreads;
    replayMismatch = draft.replayMismatch;
    codec = draft.codec;
    interceptors = draft.interceptors;
    check();
  }

  private void check() {
    try {
      Endpoint.check(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("url must be " + e.getMessage(), e);
    }
    if (group.isBlank()) {
      throw new IllegalArgumentException("group is blank");
    }
    if (pid.isBlank()) {
      throw new IllegalArgumentException("pid is blank");
    }
    if (slots != null && slots < 0) {
      throw new IllegalArgumentException("slots " + slots + " is negative; 0 means no limit");
    }
    if (leaseTtl.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException("leaseTtl " + leaseTtl + " is below 100 ms");
    }
    if (drainTimeout.isNegative()) {
      throw new IllegalArgumentException("drainTimeout " + drainTimeout + " is negative");
    }
    if (!requestTimeout.isPositive()) {
      throw new IllegalArgumentException("requestTimeout " + requestTimeout + " is not positive");
    }
    if (!refusalLimit.isPositive()) {
      throw new IllegalArgumentException("refusalLimit " + refusalLimit + " is not positive");
    }
  }

  private Settings with(Consumer<Draft> change) {
    var draft = new Draft();
    draft.url = url;
    draft.group = group;
    draft.pid = pid;
    draft.slots = slots;
    draft.token = token;
    draft.tokens = tokens;
    draft.http = http;
    draft.leaseTtl = leaseTtl;
    draft.drainTimeout = drainTimeout;
    draft.requestTimeout = requestTimeout;
    draft.refusalLimit = refusalLimit;
    draft.functionThreads = functionThreads;
    draft.replayMismatch = replayMismatch;
    draft.codec = codec;
    draft.interceptors = interceptors;
    change.accept(draft);
    return new Settings(draft);
  }

  /**
   * {@link #DEFAULT_URL}, {@link #DEFAULT_GROUP}, a random pid, the group's slots and no more than
   * {@link #DEFAULT_SLOTS}, no token, leases of 15 s, 20 s to drain, requests repeated for 30 s, an
   * end of {@link Resonate#serve()} after 60 s of refusal, virtual threads, and calls held whose
   * replay does not match.
   */
  public static Settings defaults() {
    var draft = new Draft();
    draft.pid = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    return new Settings(draft);
  }

  /**
   * The defaults changed by the environment: {@code RESONATE_URL}, {@code RESONATE_GROUP}, {@code
   * RESONATE_PID}, {@code RESONATE_TOKEN} or {@code RESONATE_TOKEN_FILE}, {@code RESONATE_SLOTS},
   * {@code RESONATE_THREADS} ({@code virtual} or {@code platform}), {@code
   * RESONATE_REPLAY_MISMATCH} ({@code hold} or {@code reject}), and as seconds or ISO-8601
   * durations {@code RESONATE_DRAIN_TIMEOUT}, {@code RESONATE_LEASE_TTL}, {@code
   * RESONATE_REQUEST_TIMEOUT} and {@code RESONATE_REFUSAL_LIMIT}. An empty variable counts as
   * absent.
   *
   * @throws IllegalArgumentException naming the variable, if one has no valid value, or if one
   *     looks like one of these, misspelt: {@code RESONATE_SLOT}
   */
  public static Settings fromEnvironment() {
    return fromEnvironment(System.getenv());
  }

  /** As {@link #fromEnvironment()}, with these variables. */
  public static Settings fromEnvironment(Map<String, String> variables) {
    return Environment.settings(variables);
  }

  /** The server's URL, such as {@code http://resonate:8001}. */
  public URI url() {
    return url;
  }

  /** The group that this process works for. */
  public String group() {
    return group;
  }

  /**
   * This process's id. A worker bears it as it is, unless another worker of the group does already;
   * then it gets a suffix and says so.
   */
  public String pid() {
    return pid;
  }

  /**
   * How many tasks this process holds at once; 0 for no limit. If it was not set, the group's
   * setting ({@code PUT /groups/{group}}) counts, and {@link #DEFAULT_SLOTS} is the most.
   */
  public int slots() {
    return slots == null ? DEFAULT_SLOTS : slots;
  }

  /** Whether {@link #slots()} was set, and is what the server is told. */
  public boolean hasOwnSlots() {
    return slots != null;
  }

  /**
   * A JWT for servers that ask for one (protocol section 16), without the line end that a file may
   * leave at its end; null for none.
   */
  public @Nullable String token() {
    return token;
  }

  /** Where tokens come from, if not {@link #token()}; null for nowhere. */
  public @Nullable TokenSupplier tokens() {
    String constant = token;
    return constant == null ? tokens : () -> constant;
  }

  /** What is set of the HTTP client beside what the SDK needs: TLS, a proxy. */
  public Consumer<HttpClient.Builder> http() {
    return http;
  }

  /**
   * How long a task stays with this process without a heartbeat. Heartbeats are sent three times as
   * often; a short lease means a fast takeover where the server does not notice broken connections.
   */
  public Duration leaseTtl() {
    return leaseTtl;
  }

  /** How long {@link Resonate#close()} lets running tasks finish before it gives them back. */
  public Duration drainTimeout() {
    return drainTimeout;
  }

  /**
   * How long a request is repeated while the server is away or too busy, before it fails with
   * {@link ConnectionException}. What running tasks have to say is repeated until it is answered.
   */
  public Duration requestTimeout() {
    return requestTimeout;
  }

  /**
   * How long {@link Resonate#serve()} goes on while the server refuses this worker, for example
   * because its token is not valid, before it ends with {@link ServerException}. A server that is
   * away refuses nothing.
   */
  public Duration refusalLimit() {
    return refusalLimit;
  }

  /** On which threads functions run. */
  public FunctionThreads functionThreads() {
    return functionThreads;
  }

  /** What becomes of a call whose function no longer makes the steps that are stored. */
  public ReplayMismatch replayMismatch() {
    return replayMismatch;
  }

  /** How arguments and results become JSON and back: {@link JacksonCodec#lossless()} unless set. */
  public Codec codec() {
    return codec;
  }

  /** What goes around calls, attempts and steps, the outermost first; none unless set. */
  public List<Interceptor> interceptors() {
    return interceptors;
  }

  /**
   * With that server: an {@code http} or {@code https} URL with a host, and a path if it has one.
   */
  public Settings withUrl(URI url) {
    return with(draft -> draft.url = url);
  }

  /** With that group; not blank. */
  public Settings withGroup(String group) {
    return with(draft -> draft.group = group);
  }

  /** With that process id; not blank. */
  public Settings withPid(String pid) {
    return with(draft -> draft.pid = pid);
  }

  /** With that many slots, at least 0; 0 for no limit. */
  public Settings withSlots(int slots) {
    return with(draft -> draft.slots = slots);
  }

  /** With that token, and no others; null for none. */
  public Settings withToken(@Nullable String token) {
    return with(draft -> {
      draft.token = token;
      draft.tokens = null;
    });
  }

  /** With tokens from there, which may be renewed; instead of {@link #token()}. */
  public Settings withTokens(TokenSupplier tokens) {
    return with(draft -> {
      draft.token = null;
      draft.tokens = tokens;
    });
  }

  /**
   * With an HTTP client that is set up further: {@code builder -> builder.sslContext(context)} for
   * certificates of one's own, {@code builder -> builder.proxy(selector)} for a proxy. Version,
   * executor and timeout for connecting are set afterwards. May be called more than once.
   */
  public Settings withHttp(Consumer<HttpClient.Builder> http) {
    return with(draft -> draft.http = http);
  }

  /** With leases of that length, at least 100 ms. */
  public Settings withLeaseTtl(Duration leaseTtl) {
    return with(draft -> draft.leaseTtl = leaseTtl);
  }

  /** With that drain time, at least zero. */
  public Settings withDrainTimeout(Duration drainTimeout) {
    return with(draft -> draft.drainTimeout = drainTimeout);
  }

  /** With that patience, above zero. */
  public Settings withRequestTimeout(Duration requestTimeout) {
    return with(draft -> draft.requestTimeout = requestTimeout);
  }

  /** With that limit, above zero. */
  public Settings withRefusalLimit(Duration refusalLimit) {
    return with(draft -> draft.refusalLimit = refusalLimit);
  }

  /** With functions on such threads. */
  public Settings withFunctionThreads(FunctionThreads functionThreads) {
    return with(draft -> draft.functionThreads = functionThreads);
  }

  /** With that handling of calls whose replay does not match. */
  public Settings withReplayMismatch(ReplayMismatch replayMismatch) {
    return with(draft -> draft.replayMismatch = replayMismatch);
  }

  /** With that codec. */
  public Settings withCodec(Codec codec) {
    return with(draft -> draft.codec = codec);
  }

  /** With that interceptor inside of those that there are; the same twice goes around twice. */
  public Settings withInterceptor(Interceptor interceptor) {
    var all = new ArrayList<>(interceptors);
    all.add(interceptor);
    return with(draft -> draft.interceptors = List.copyOf(all));
  }

  /** Without the token, which must not reach a log. */
  @Override
  public String toString() {
    return "Settings[url=%s, group=%s, pid=%s, slots=%s, leaseTtl=%s, drainTimeout=%s]"
        .formatted(url, group, pid, slots == null ? "the group's" : slots, leaseTtl, drainTimeout);
  }
}
