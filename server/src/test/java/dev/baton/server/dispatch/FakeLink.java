package dev.baton.server.dispatch;

import dev.baton.protocol.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A connection that keeps what it is sent. */
public class FakeLink implements Link {

  final String pid;
  final @Nullable Integer slots;
  final @Nullable String run;
  final List<Message> messages = new ArrayList<>();
  public String group = "g";
  String address = "10.0.0.1";
  @Nullable String reach = "";

  /** So many messages are taken at most. */
  long mostTaken = Long.MAX_VALUE;

  boolean isWritable = true;
  boolean isClosed;
  boolean isRefused;
  @Nullable Integer most;
  boolean hearsSettled;
  @Nullable Set<FunctionRef> functions;
  boolean isStrict;

  /** A worker of group {@code g}; without slots, with as many as the group gives it. */
  public FakeLink(String pid, @Nullable Integer slots) {
    this(pid, slots, null);
  }

  FakeLink(String pid, @Nullable Integer slots, @Nullable String run) {
    this.pid = pid;
    this.slots = slots;
    this.run = run;
  }

  /** What it was sent. */
  public List<Message> messages() {
    return messages;
  }

  /** The ids of the tasks that it was offered. */
  List<String> offered() {
    return messages.stream()
        .filter(Message.Execute.class::isInstance)
        .map(message -> ((Message.Execute) message).taskId())
        .toList();
  }

  @Override
  public @Nullable String reach() {
    return reach;
  }

  @Override
  public String group() {
    return group;
  }

  @Override
  public String pid() {
    return pid;
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public @Nullable Integer slots() {
    return slots;
  }

  /** With those functions, as {@link FunctionRef#announced} reads them. */
  FakeLink having(String... announced) {
    functions = FunctionRef.announced(List.of(announced));
    return this;
  }

  @Override
  public @Nullable Set<FunctionRef> functions() {
    return functions;
  }

  @Override
  public boolean hearsSettled() {
    return hearsSettled;
  }

  @Override
  public @Nullable Integer most() {
    return most;
  }

  @Override
  public @Nullable String run() {
    return run;
  }

  @Override
  public boolean isWritable() {
    return isWritable;
  }

  @Override
  public boolean isStrict() {
    return isStrict;
  }

  @Override
  public long send(Message message) {
    messages.add(message);
    return messages.size();
  }

  @Override
  public long taken() {
    return Math.min(messages.size(), mostTaken);
  }

  @Override
  public void refuse() {
    isRefused = true;
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
