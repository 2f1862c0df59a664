package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.GroupWatches;
import dev.baton.operator.server.GroupsApi;
import dev.baton.operator.server.ServerAddress;
import dev.baton.operator.server.Sighting;
import dev.baton.operator.server.WatchTimings;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wakes the reconciler when the server shows a group otherwise, or cannot be seen. */
final class FiguresEventSource extends AbstractEventSource<GroupFigures, WorkerGroup>
    implements ResourceEventAware<WorkerGroup> {

  private static final Logger log = LoggerFactory.getLogger(FiguresEventSource.class);
  private static final int LOOK_AT_ALL_EVERY_SECONDS = 5;

  /** Where tasks only begin and end it is looked at once a second. */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final GroupWatches<ResourceID> watches;
  private final Consumer<WorkerGroup> deleted;
  private final Consumer<Map<ServerAddress, List<GroupFigures>>> lookAtAll;
  private final BiPredicate<ResourceID, GroupFigures> follows;
  private final Set<ResourceID> later = ConcurrentHashMap.newKeySet();
  private @Nullable Thread looking;

  /**
   * With whom to tell.
   *
   * @param follows takes figures in which tasks have only begun and ended; false where they take a
   *     look
   */
  FiguresEventSource(
      GroupsApi api,
      WatchTimings timings,
      Consumer<WorkerGroup> deleted,
      BiPredicate<ResourceID, GroupFigures> follows,
      Consumer<Map<ServerAddress, List<GroupFigures>>> lookAtAll) {
    super(GroupFigures.class, "figures");
    this.follows = follows;
    this.lookAtAll = lookAtAll;
    this.watches = new GroupWatches<>(api, timings, this::changed);
    this.deleted = deleted;
  }

  Sighting sighting(WorkerGroup group) {
    return watches.sighting(ResourceID.fromResource(group), Wiring.addressOf(group));
  }

  /** As they were shown last; null where they are not seen. */
  @Nullable GroupFigures seen(WorkerGroup group) {
    return watches.seen(ResourceID.fromResource(group));
  }

  void forget(WorkerGroup group) {
    watches.forget(ResourceID.fromResource(group));
  }

  void noteSlots(WorkerGroup group, @Nullable Integer slots) {
    watches.noteSlots(ResourceID.fromResource(group), slots);
  }

  @Override
  public void onResourceDeleted(WorkerGroup group) {
    watches.forget(ResourceID.fromResource(group));
    deleted.accept(group);
  }

  @Override
  public Set<GroupFigures> getSecondaryResources(WorkerGroup group) {
    return sighting(group) instanceof Sighting.Seen(GroupFigures figures)
        ? Set.of(figures)
        : Set.of();
  }

  /** Where nothing is reconciled, as on an operator that stands by, there is nothing to look at. */
  @Override
  public void start() {
    super.start();
    looking = Thread.ofVirtual().name("look-at-all").start(this::look);
  }

  private void look() {
    try {
      for (int seconds = 1; true; seconds++) {
        Thread.sleep(LOOK_EVERY);
        later.removeIf(id -> {
          GroupFigures figures = watches.seen(id);
          if (figures == null || !follows.test(id, figures)) {
            wake(id);
          }
          return true;
        });
        if (seconds % LOOK_AT_ALL_EVERY_SECONDS == 0) {
          lookAtAll();
        }
      }
    } catch (InterruptedException e) {
      // Stopped.
    }
  }

  private void lookAtAll() {
    watches.withoutToken().forEach(this::wake);
    try {
      lookAtAll.accept(watches.all());
    } catch (RuntimeException e) {
      log.error("the groups of all servers were not looked at", e);
    }
  }

  @Override
  public void stop() {
    if (looking != null) {
      looking.interrupt();
    }
    watches.close();
    super.stop();
  }

  private void changed(ResourceID id, boolean news) {
    if (news) {
      wake(id);
    } else {
      later.add(id);
    }
  }

  void wake(ResourceID id) {
    if (isRunning()) {
      getEventHandler().handleEvent(new Event(id));
    }
  }
}
