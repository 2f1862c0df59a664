package dev.baton.server.http;

import dev.baton.server.auth.Access;
import dev.baton.server.dispatch.GroupSnapshot;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.groups.Groups;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is said of groups at one moment, each written once, however many are told. For the board's
 * thread.
 */
final class GroupTexts {

  private static final byte[] BEGIN = "{\"groups\":[".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

  private Groups of = new Groups(List.of(), 0, 0);
  private Map<GroupSnapshot, Text> texts = new IdentityHashMap<>();
  private byte[] all = new byte[0];

  /** What is said of a group that looks so. */
  private record Text(GroupView view, byte[] json) {}

  /** From here on texts are of these. Those of groups in which nothing has moved stay. */
  void begin(Groups groups) {
    if (groups == of) {
      return;
    }
    Map<GroupSnapshot, Text> still = new IdentityHashMap<>();
    for (GroupSnapshot group : texts.isEmpty() ? List.<GroupSnapshot>of() : groups.all()) {
      Text text = texts.get(group);
      if (text != null && text.view == group.at(groups.at())) {
        still.put(group, text);
      }
    }
    of = groups;
    texts = still;
    all = new byte[0];
  }

  /** A group in reach, as far as it is told to whoever may name these tasks. */
  byte[] of(GroupSnapshot group, Access access) {
    Text text = texts.computeIfAbsent(group, this::text);
    GroupView told = text.view.naming(access::covers);
    return told == text.view ? text.json : GroupsJson.group(told);
  }

  private Text text(GroupSnapshot group) {
    GroupView view = group.at(of.at());
    return new Text(view, GroupsJson.group(view));
  }

  /** The list of all groups in reach: of others not even the number is told. */
  byte[] list(Access access) {
    if (!access.isUnlimited()) {
      return write(access);
    }
    if (all.length == 0) {
      all = write(access);
    }
    return all;
  }

  private byte[] write(Access access) {
    List<byte[]> each = new ArrayList<>();
    int size = BEGIN.length + END.length;
    for (GroupSnapshot group : of.all()) {
      if (access.reaches(group.group())) {
        byte[] text = of(group, access);
        size = Math.addExact(size, text.length + (each.isEmpty() ? 0 : 1));
        each.add(text);
      }
    }
    ByteBuffer out = ByteBuffer.allocate(size).put(BEGIN);
    for (int i = 0; i < each.size(); i++) {
      if (i > 0) {
        out.put((byte) ',');
      }
      out.put(each.get(i));
    }
    return out.put(END).array();
  }
}
