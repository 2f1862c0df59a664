package dev.baton.server.storage;

import dev.baton.core.Outcome;
import dev.baton.core.Reader;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.protocol.Request;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where promises, tasks and schedules are kept. It knows rows, not rules, and no clock. One thread
 * at a time uses a storage: who steps the engine. Beside it any number of threads may read, each
 * with a {@link #reader} of its own, and none of them holds it up.
 */
public interface Storage extends AutoCloseable {

  /**
   * Runs work over the rows and saves what it changed in one durable transaction, or, if it changed
   * nothing, without one. When this returns, the changes survive a power cut; when it throws, none
   * of them has happened, or, if the exception says so, perhaps all of them: the next transaction
   * sees which.
   *
   * @throws StorageException if the changes could not be saved; the storage stays usable, and opens
   *     what it needs anew at the next call, or, if that may take long, at {@link #recover}
   */
  <R> R transact(Function<Rows, R> work);

  /**
   * The same, for work that decides requests, so that what they concern can be fetched beforehand
   * by a store that has it elsewhere. Nothing durable may follow from the work before this returns.
   *
   * @param ahead the requests, in any order
   * @param isAll whether the work does nothing else; then it may be done twice, if the first time
   *     comes to nothing
   */
  default <R> R transact(Supplier<List<Request>> ahead, boolean isAll, Function<Rows, R> work) {
    return transact(work);
  }

  /**
   * Lets nobody wait any longer for what a store elsewhere has yet to answer: it fails. Any thread
   * may call this, beside a transaction, too.
   */
  default void interrupt() {}

  /** Whether something could not be saved or read since the last {@link #recover}. */
  default boolean hasFailed() {
    return false;
  }

  /**
   * Opens what it needs anew after a failure, writes something of its own, about as large as what
   * could not be saved, and makes that durable: when this returns, changes can be saved again, as
   * far as anybody can know. A store that cannot fail has nothing to do.
   *
   * @throws StorageException if they cannot
   */
  default void recover() {}

  /** Told how a task has moved. */
  interface Moves {
    /**
     * @param before null if there was none
     */
    void moved(@Nullable Task before, Task after);
  }

  /**
   * Shows, once, what has become of transactions of which it was not known whether they happened,
   * and did: nobody has been told of it. Only after {@link #recover}. A store that always knows has
   * nothing to show.
   *
   * @throws StorageException if it cannot be read; then nothing has been shown, and all of it will
   *     be after the next {@link #recover}
   */
  default void catchUp(Moves moves, Consumer<Outcome.Unblock> unblocks) {}

  /**
   * What is live, as of the last transaction: to look something up between transactions, or to
   * guess how much work something will be, before it is done. Only by who steps.
   */
  State live();

  /**
   * Shows what a dispatcher must know after a start: every unfinished task, and every unblock
   * message that has not been delivered.
   */
  void replay(Consumer<Task> tasks, Consumer<Outcome.Unblock> unblocks);

  /**
   * When the process before this one wrote last, epoch milliseconds, if it did not end in good
   * order: answers to what it wrote then may not have reached anybody. 0 if it did.
   */
  default long interruptedAt() {
    return 0;
  }

  /**
   * What a look at old promises came to.
   *
   * @param removed how many went
   * @param isRoundOver whether all of that age have been looked at
   */
  record Sweep(int removed, boolean isRoundOver) {}

  /**
   * Durably removes promises, with their tasks, that were settled before an instant: not while the
   * root of their tree is pending, which may ask for them again, while somebody has yet to be told
   * of them, or while their task is not fulfilled. Each call looks at the next few. A store that
   * does not say otherwise keeps everything.
   *
   * @param settledBefore epoch milliseconds
   * @param limit how many to look at
   * @throws StorageException if it could not be saved; then none has gone
   */
  default Sweep removeSettled(long settledBefore, int limit) {
    return new Sweep(0, true);
  }

  /**
   * Writes a copy of everything, as of one moment after this was called, to a new file, which is
   * the caller's to delete. It takes long, while transactions go on as ever. Any thread may call
   * this, also while another uses the storage; one at a time.
   *
   * @param restNanos for how long to rest after so many nanoseconds of work
   * @return the file; empty if there is none: a store that keeps nothing, or that has tools of its
   *     own for that
   * @throws StorageException if it could not be written, or there is not enough room; then nothing
   *     is left of it
   */
  default Optional<Path> copy(LongUnaryOperator restNanos) {
    return Optional.empty();
  }

  /** The slots per worker that groups have been given. */
  Map<String, Integer> groupSlots();

  /** Durably gives a group slots per worker, or, with null, takes them away. */
  void saveGroupSlots(String group, @Nullable Integer slotsPerWorker);

  /**
   * How many rows have been found that cannot be read. They stay where they are; whoever asks for
   * one is told by an {@link dev.baton.core.UnreadableException}, and lists pass it over. Any
   * thread may ask.
   */
  default long unreadableRows() {
    return 0;
  }

  /**
   * Opens a reader: a connection of its own, if the store has such. It sees what transactions have
   * made durable before a call began, and never what they have not; what it looks at costs no
   * transaction more than a moment, however long it takes. Any thread may call this, also while
   * another uses the storage. Readers are to be closed before the storage.
   *
   * @throws StorageException if it could not be opened; so do all its methods if they fail. It is
   *     then of no more use, and another may be opened
   */
  Reader reader();

  /** About how many bytes of memory what is live takes. */
  default long liveBytes() {
    return 0;
  }

  @Override
  void close();
}
