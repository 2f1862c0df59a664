package dev.baton.server.dispatch;

import dev.baton.protocol.Address;
import dev.baton.protocol.Addresses;
import java.util.HashMap;
import java.util.Map;

/** Parses addresses, each once while it is in use. */
final class AddressBook {

  private static final int LIMIT = 10_000;

  private final Map<String, Address> known = new HashMap<>();

  /** The address; what cannot be parsed is one that nothing is delivered to. */
  Address find(String text) {
    Address found = known.get(text);
    if (found == null) {
      Address parsed = Addresses.parse(text);
      found = parsed == null ? new Address.Undelivered(text) : parsed;
      if (known.size() >= LIMIT) {
        known.clear();
      }
      known.put(text, found);
    }
    return found;
  }
}
