package dev.baton.kubectl;

import java.net.URI;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A Service by the name that pods call it. */
record InCluster(String namespace, String service, int port) {

  private static final Pattern LABEL = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");

  /**
   * Of a URL as a pod of the namespace would use it. Null if it cannot be a Service's, or is one
   * whose certificate would not fit a tunnel's end.
   */
  static @Nullable InCluster of(String url, String namespace) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      return null;
    }
    if (uri.getHost() == null || !"http".equals(uri.getScheme())) {
      return null;
    }
    String[] labels = uri.getHost().split("\\.");
    boolean isService =
        labels.length <= 2
            || labels[2].equals("svc"); // name, name.namespace, name.namespace.svc...
    if (!isService || !LABEL.matcher(labels[0]).matches()) {
      return null;
    }
    return new InCluster(
        labels.length > 1 ? labels[1] : namespace,
        labels[0],
        uri.getPort() < 0 ? 80 : uri.getPort());
  }
}
