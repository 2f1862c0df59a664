package dev.baton.server.process;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Growth;
import dev.baton.core.Promise;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.memory.Account;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is live within its share of memory: what would make it larger is refused, before
 * anything of it has happened. What begins something new is refused a little earlier than what
 * belongs to something that runs, so that this can come to its end.
 */
public class LiveBudget {

  private final Account account;

  /** A budget of what an account may hold. */
  public LiveBudget(Account account) {
    this.account = account;
  }

  static LiveBudget unlimited() {
    return new LiveBudget(new Account(Long.MAX_VALUE / 2));
  }

  /** Says how much is live. */
  public void set(long liveBytes) {
    account.set(liveBytes);
  }

  /** Whether something new may begin. */
  public boolean hasRoomToBegin(long liveBytes) {
    return liveBytes < mostToBegin();
  }

  private long mostToBegin() {
    return account.limit() - account.limit() / 8;
  }

  /** They stay until somebody deletes them: all of them leave most of the room to what ends. */
  private long mostOfSchedules() {
    return account.limit() / 4;
  }

  /**
   * Why a command may not make these changes, or null if it may.
   *
   * @param liveBytes how much is live before it
   * @param scheduleBytes how much of that schedules take
   */
  public @Nullable Response refusal(
      Command command, List<Change> changes, long liveBytes, long scheduleBytes) {
    if (changes.isEmpty()
        || !(command instanceof Command.Asked asked)
        || isAlwaysAllowed(asked.request())) {
      return null;
    }
    long growth = Growth.of(changes);
    if (definesSchedule(asked.request())
        && growth > 0
        && scheduleBytes + growth > mostOfSchedules()) {
      account.refused();
      return Response.failure(
          503,
          "There is no room for more of schedules: they take %d bytes, this would add %d, and a quarter of memory.live (%d) is %d"
              .formatted(scheduleBytes, growth, account.limit(), mostOfSchedules()));
    }
    long most = begins(asked.request()) ? mostToBegin() : account.limit();
    if (growth <= 0 || liveBytes + growth <= most) {
      return null;
    }
    account.refused();
    return Response.failure(
        503,
        "There is no room for more that is pending: it takes %d bytes, memory.live is %d"
            .formatted(liveBytes, account.limit()));
  }

  private static boolean begins(Request request) {
    return switch (request) {
      case PromiseRequest.Create create -> isRoot(create);
      case TaskRequest.Create(_, _, var create) -> isRoot(create);
      case ScheduleRequest.Create _ -> true;
      default -> false;
    };
  }

  /** They add a tag, and pausing is what helps when schedules fill the room. */
  private static boolean isAlwaysAllowed(Request request) {
    return request instanceof ScheduleRequest.Pause || request instanceof ScheduleRequest.Resume;
  }

  private static boolean definesSchedule(Request request) {
    return request instanceof ScheduleRequest.Create || request instanceof ScheduleRequest.Update;
  }

  private static boolean isRoot(PromiseRequest.Create create) {
    return Promise.rootOf(create.id(), create.tags()).equals(create.id());
  }
}
