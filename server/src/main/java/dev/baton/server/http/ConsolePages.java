package dev.baton.server.http;

import dev.baton.console.Asset;
import dev.baton.console.Assets;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * Serves the console's files. They hold nothing that is secret, so no token is asked for; what the
 * page then wants to know, it asks for with one. All links are relative, so a proxy may serve it
 * below any path.
 */
final class ConsolePages {

  /** Whatever a payload, an id or a header of somebody's may hold, it is text and stays text. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types lit-html";

  private static final String FOR_EVER = "public, max-age=31536000, immutable";
  private static final String ASK_AGAIN = "no-cache";

  private final Vertx vertx;
  private volatile @Nullable Assets assets;

  ConsolePages(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Handles a request whose path begins with {@code /console}. */
  void handle(HttpServerRequest request) {
    if (!HttpEdge.allows(request, HttpMethod.GET)) {
      return;
    }
    String path = request.path();
    if (path == null || path.equals("/console")) {
      request.response().putHeader("location", "console/");
      Texts.empty(request, 308);
      return;
    }
    String file = path.substring("/console/".length());
    Assets read = assets;
    if (read != null) {
      serve(request, read, file);
      return;
    }
    vertx
        .executeBlocking(this::read)
        .onSuccess(all -> serve(request, all, file))
        .onFailure(e ->
            Guard.run(
                request,
                () -> {
                  throw new IllegalStateException("the console's files cannot be read", e);
                }));
  }

  /** They are read when somebody asks for the first time: who never does has no cost. */
  private synchronized Assets read() {
    Assets known = assets;
    if (known == null) {
      known = Assets.load();
      assets = known;
    }
    return known;
  }

  private static void serve(HttpServerRequest request, Assets assets, String path) {
    if (path.isEmpty()) {
      String tag = "\"" + assets.hash() + "\"";
      request.response().putHeader("etag", tag);
      if (tag.equals(request.getHeader("if-none-match"))) {
        headers(request.response(), ASK_AGAIN).setStatusCode(304).end();
      } else {
        send(request, assets.index(), ASK_AGAIN);
      }
      return;
    }
    Asset asset = assets.find(path);
    if (asset == null) {
      Texts.empty(request, 404);
    } else {
      send(request, asset, FOR_EVER);
    }
  }

  private static void send(HttpServerRequest request, Asset asset, String keep) {
    HttpServerResponse response =
        headers(request.response(), keep)
            .putHeader("content-type", asset.type())
            .putHeader("vary", "accept-encoding");
    byte[] body = asset.bytes();
    if (takesGzip(request.getHeader("accept-encoding"))) {
      response.putHeader("content-encoding", "gzip");
      body = asset.gzipped();
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      response.putHeader("content-length", Integer.toString(body.length)).end();
    } else {
      response.end(Texts.wrapped(body)); // The same for all, however many do not read it.
    }
  }

  private static HttpServerResponse headers(HttpServerResponse response, String keep) {
    return response
        .putHeader("cache-control", keep)
        .putHeader("content-security-policy", POLICY)
        .putHeader("x-content-type-options", "nosniff")
        .putHeader("referrer-policy", "no-referrer")
        .putHeader("cross-origin-opener-policy", "same-origin")
        .putHeader("cross-origin-resource-policy", "same-origin");
  }

  private static boolean takesGzip(@Nullable String accepted) {
    if (accepted == null) {
      return false;
    }
    for (String coding : accepted.split(",")) {
      String[] parts = coding.split(";", 2);
      boolean isRefused = parts.length == 2 && parts[1].replace(" ", "").matches("q=0(\\.0*)?");
      if (parts[0].strip().equalsIgnoreCase("gzip") && !isRefused) {
        return true;
      }
    }
    return false;
  }
}
