package dev.baton.operator.server;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * IP addresses in one notation, in which texts are equal where addresses are: an IPv6 address may
 * be written in many ways. It is the one that servers compared by before they took any.
 */
public final class IpAddresses {

  private IpAddresses() {}

  /** The address that the text means; what is none stays as it is. */
  public static String canonical(String text) {
    int zone = text.indexOf('%');
    try {
      return InetAddress.ofLiteral(zone < 0 ? text : text.substring(0, zone)).getHostAddress();
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  /**
   * A pod's own, of both families; none before it has one, and where they are the node's and so
   * name nobody.
   */
  public static List<String> of(Pod pod) {
    return Boolean.TRUE.equals(pod.getSpec().getHostNetwork()) ? List.of() : shownBy(pod);
  }

  /** Those that a pod's status shows, also where they are the node's. */
  public static List<String> shownBy(Pod pod) {
    if (pod.getStatus() == null) {
      return List.of();
    }
    return Stream.concat(
            Stream.ofNullable(pod.getStatus().getPodIP()),
            pod.getStatus().getPodIPs().stream().map(PodIP::getIp))
        .filter(Objects::nonNull)
        .map(IpAddresses::canonical)
        .distinct()
        .toList();
  }
}
