package dev.baton.server.config;

/** An IPv6 address is in brackets where something may follow it, and nowhere else. */
public final class Hosts {

  private Hosts() {}

  /** As it is written in a URL. */
  public static String inUrl(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  /** As it is written where nothing follows it. */
  public static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /** Whether it stands for all addresses of the machine. */
  public static boolean isAny(String host) {
    String plain = withoutBrackets(host);
    return plain.equals("0.0.0.0") || plain.equals("::");
  }
}
