package dev.baton.server.push;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Finds the addresses of a name, or the address that a literal means. It may block. */
@FunctionalInterface
interface Lookup {

  /** As this machine does. */
  Lookup SYSTEM = InetAddress::getAllByName;

  InetAddress[] addresses(String name) throws UnknownHostException;
}
