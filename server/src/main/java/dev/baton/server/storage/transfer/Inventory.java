package dev.baton.server.storage.transfer;

import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.Value;
import dev.baton.server.storage.rows.PromiseRow;
import dev.baton.server.storage.rows.StateCodes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a store holds, and makes a digest of every value of every row, whatever store it is
 * in: two stores with equal digests hold the same.
 */
final class Inventory implements RowSource.Taker {

  private static final long NULL = -1;

  private final MessageDigest digest;
  private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
  private long promises;
  private long pending;
  private long callbacks;
  private long listeners;
  private long schedules;
  private long groups;

  Inventory() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has it", e);
    }
  }

  /** The counts and the digest; to be asked once, at the end. */
  Transfer.Moved total() {
    return new Transfer.Moved(
        promises,
        pending,
        callbacks,
        listeners,
        schedules,
        groups,
        HexFormat.of().formatHex(digest.digest()));
  }

  @Override
  public void promise(PromiseRow row) {
    Promise promise = row.promise();
    promises++;
    add("promise");
    add(promise.id());
    add(promise.param());
    add(promise.tags());
    add(promise.timeoutAt());
    add(promise.createdAt());
    switch (promise.state()) {
      case PromiseState.Pending _ -> {
        pending++;
        add(StateCodes.PENDING);
      }
      case PromiseState.Settled(var as, Value value, long settledAt) -> {
        add(StateCodes.code(as));
        add(value);
        add(settledAt);
      }
    }
    Task task = row.task();
    if (task == null) {
      add(NULL);
      return;
    }
    add(StateCodes.code(task.state()));
    add(task.version());
    switch (task.state()) {
      case TaskState.Pending(long retryAt, _) -> add(retryAt);
      case TaskState.Acquired(String pid, long ttlMs, long expiresAt, long acquiredAt) -> {
        add(pid);
        add(ttlMs);
        add(expiresAt);
        add(acquiredAt);
      }
      case TaskState.Suspended _, TaskState.Halted _, TaskState.Fulfilled _ -> {}
    }
  }

  @Override
  public void callback(String awaited, String awaiter, boolean fired) {
    callbacks++;
    add("callback");
    add(awaited);
    add(awaiter);
    add(fired ? 1 : 0);
  }

  @Override
  public void listener(String awaited, String address) {
    listeners++;
    add("listener");
    add(awaited);
    add(address);
  }

  @Override
  public void schedule(Schedule schedule) {
    schedules++;
    add("schedule");
    add(schedule.id());
    add(schedule.cron());
    add(schedule.promiseId());
    add(schedule.promiseTimeoutMs());
    add(schedule.promiseParam());
    add(schedule.promiseTags());
    add(schedule.createdAt());
    add(schedule.nextRunAt());
    Long lastRunAt = schedule.lastRunAt();
    add(lastRunAt == null ? "never" : "at");
    add(lastRunAt == null ? 0 : lastRunAt);
  }

  @Override
  public void group(String name, int slotsPerWorker) {
    groups++;
    add("group");
    add(name);
    add(slotsPerWorker);
  }

  private void add(long value) {
    number.clear();
    digest.update(number.putLong(value).flip());
  }

  /** With its length, so that no two rows of other texts are the same. */
  private void add(@Nullable String text) {
    if (text == null) {
      add(NULL);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    add(bytes.length);
    digest.update(bytes);
  }

  private void add(Map<String, String> map) {
    add(map.size());
    new TreeMap<>(map)
        .forEach((name, value) -> {
          add(name);
          add(value);
        });
  }

  private void add(Value value) {
    Map<String, String> headers = value.headers();
    if (headers == null) {
      add(NULL);
    } else {
      add(headers);
    }
    add(value.data());
  }
}
