package dev.baton.server.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.server.auth.Access;
import dev.baton.server.auth.Grant;
import dev.baton.server.record.Ring;

/** Says what a token may do, and what the server is. */
final class Whoami {

  private Whoami() {}

  static ObjectNode of(Grant grant, About about, Ring ring) {
    Access access = grant.access();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("role", role(access));
    String prefix = access.prefix();
    if (prefix != null) {
      node.put("prefix", prefix);
    }
    ArrayNode groups = node.putArray("groups");
    access.groups().elements().forEach(groups::add);
    node.put("mayWrite", access.mayWrite());
    node.put("actions", access.mayWrite() && about.allowsActions());
    node.put("authentication", about.asksForTokens());
    if (Double.isFinite(grant.expiresAt())) {
      node.put("expiresAt", (long) (grant.expiresAt() * 1000));
    }
    node.put("version", about.version());
    node.put("now", about.clock().getAsLong());
    node.put("boot", about.boot());
    ObjectNode remembered = node.putObject("ring");
    if (access.seesAll()) { // The numbers count everybody's events.
      remembered.put("from", ring.first()).put("next", ring.next());
    }
    remembered.put("size", ring.size());
    node.put("store", about.store());
    node.put("retryTimeoutMs", about.retryTimeoutMs());
    return node;
  }

  private static String role(Access access) {
    return switch (access) {
      case Access.Unlimited _ -> "admin";
      case Access.Viewer _ -> "viewer";
      case Access.Limited _ -> "limited";
    };
  }
}
