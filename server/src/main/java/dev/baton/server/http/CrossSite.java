package dev.baton.server.http;

import dev.baton.server.config.ServerConfig;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages of other sites away from a port that asks for no token: a page may make the
 * browser that shows it send requests to this machine or network, though it may not read the
 * answers, and by a name of its own that suddenly means this server it may even do that (DNS
 * rebinding). Requests of programs are none of its business, but for those that come from this very
 * machine: there somebody's browser may run, and it is known by which names a machine calls itself.
 */
public final class CrossSite {

  private static final String FOREIGN_ORIGIN =
      "Forbidden: web pages of other sites may not use a port without authentication;"
          + " server.cors.allow_origins lists those that may";
  private static final String FOREIGN_HOST =
      "Misdirected: this server was asked for by a name that is not its own;"
          + " server.allowed_hosts lists further ones";
  private static final String NOT_JSON =
      "Unsupported: the content type of what a web page sends must be application/json";

  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  /** Names that no public name server answers for. */
  private static final List<String> INNER =
      List.of(".localhost", ".local", ".internal", ".svc", ".cluster.local");

  /** What proxies add. */
  private static final List<String> PASSED_ON =
      List.of("x-forwarded-for", "x-forwarded-proto", "forwarded", "via");

  private final Set<String> origins;
  private final Set<String> hosts;
  private final List<String> suffixes;

  /** For the ports of a server that asks for no token. */
  public static CrossSite of(ServerConfig.Http config) {
    List<String> hosts = new ArrayList<>(config.allowedHosts());
    hosts.add(config.host());
    hosts.add(config.bind());
    if (config.url() != null) {
      hosts.add(host(config.url().replaceFirst("^[a-z]+://", "").split("[/?#]", 2)[0]));
    }
    return new CrossSite(config.corsAllowOrigins(), hosts);
  }

  /**
   * For a port.
   *
   * @param origins those of further sites, or {@code *} for all
   * @param hosts further names of this server; one that begins with a dot means all below it
   */
  CrossSite(List<String> origins, List<String> hosts) {
    this.origins = Set.copyOf(origins);
    this.hosts = new HashSet<>();
    for (String host : hosts) {
      this.hosts.add(host.toLowerCase(Locale.ROOT));
    }
    this.suffixes = this.hosts.stream().filter(host -> host.startsWith(".")).toList();
  }

  /** Hands on what may go on. */
  public Handler<HttpServerRequest> before(Handler<HttpServerRequest> handler) {
    return request -> {
      if (admits(request)) {
        handler.handle(request);
      }
    };
  }

  /** Whether the request may go on; if not, it has been answered. */
  boolean admits(HttpServerRequest request) {
    String origin = request.getHeader("origin");
    String site = request.getHeader("sec-fetch-site");
    boolean isBrowser = origin != null || site != null || isBrowser(request);
    if (origins.contains("*") || !(isBrowser || isOfThisMachine(request))) {
      return true;
    }
    String authority = authority(request);
    if (authority == null ? isBrowser : !isOwn(host(authority))) {
      return refuse(request, 421, FOREIGN_HOST);
    }
    return authority == null || !isBrowser || isOfOwnPage(request, authority, origin, site);
  }

  private boolean isOfOwnPage(
      HttpServerRequest request, String authority, @Nullable String origin, @Nullable String site) {
    boolean isAdmitted =
        origin == null
            ? site == null || site.equals("same-origin") || site.equals("none") || isVisit(request)
            : origins.contains(origin) || isSame(origin, authority);
    if (!isAdmitted) {
      return refuse(request, 403, FOREIGN_ORIGIN);
    }
    return origin == null || !hasBody(request) || isJson(request) || refuse(request, 415, NOT_JSON);
  }

  /**
   * Whether somebody follows a link to the console: the page is the same for all and does nothing.
   */
  private static boolean isVisit(HttpServerRequest request) {
    String path = request.path();
    return (request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD))
        && ("/console".equals(path) || "/console/".equals(path))
        && "navigate".equals(request.getHeader("sec-fetch-mode"))
        && "document".equals(request.getHeader("sec-fetch-dest"));
  }

  /** Whom the request was meant for; null if that is not said, or said twice. */
  private static @Nullable String authority(HttpServerRequest request) {
    List<String> hosts = request.headers().getAll("host");
    if (hosts.isEmpty()) { // HTTP/2 says it elsewhere.
      HostAndPort authority = request.authority();
      return authority == null ? null : authority.toString();
    }
    return hosts.size() == 1 ? hosts.getFirst() : null;
  }

  private static boolean refuse(HttpServerRequest request, int status, String text) {
    Texts.refuse(request, status, text);
    return false;
  }

  /**
   * Some requests of browsers have neither of the headers; those of programs have none of these.
   */
  private static boolean isBrowser(HttpServerRequest request) {
    String agent = request.getHeader("user-agent");
    String language = request.getHeader("accept-language");
    return (agent != null && agent.startsWith("Mozilla/"))
        || (language != null && !language.equals("*")); // Node.js sends the star.
  }

  /** Whether nobody has passed it on: a proxy beside the server has it from elsewhere. */
  private static boolean isOfThisMachine(HttpServerRequest request) {
    return IpAddresses.isLoopback(Addresses.of(request))
        && PASSED_ON.stream().noneMatch(request.headers()::contains);
  }

  private static boolean isSame(String origin, String authority) {
    return origin.equalsIgnoreCase("http://" + authority)
        || origin.equalsIgnoreCase("https://" + authority);
  }

  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    return !request.method().equals(HttpMethod.OPTIONS)
        && (request.getHeader("transfer-encoding") != null
            || (length != null && !length.equals("0")));
  }

  private static boolean isJson(HttpServerRequest request) {
    String type = request.getHeader("content-type");
    return type != null && type.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
  }

  /** The host without its port, in lower case and without a dot at the end. */
  private static String host(String authority) {
    int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.lastIndexOf(':');
    String host = (end > 0 ? authority.substring(0, end) : authority).toLowerCase(Locale.ROOT);
    return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
  }

  /**
   * Whether a page that was loaded under this name is one of ours. An address is no name that
   * somebody else could give to this server, nor is one without a dot or one for inner use.
   */
  private boolean isOwn(String host) {
    return host.startsWith("[")
        || host.indexOf('.') < 0
        || IPV4.matcher(host).matches()
        || hosts.contains(host)
        || INNER.stream().anyMatch(host::endsWith)
        || suffixes.stream().anyMatch(host::endsWith);
  }
}
