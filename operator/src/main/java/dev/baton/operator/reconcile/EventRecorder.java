package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.plan.Note;
import dev.baton.operator.resources.Wiring;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells events. The same one of the same object is told at most once a minute. Never waits and
 * never fails: an event that cannot be written is only logged. Thread-safe.
 */
public final class EventRecorder {

  private static final Logger log = LoggerFactory.getLogger(EventRecorder.class);
  private static final Duration ONCE_EVERY = Duration.ofMinutes(1);
  private static final int REMEMBERED_MAX = 1_000;

  private record Told(String about, Note note) {}

  private final KubernetesClient client;
  private final Clock clock;
  private final LinkedHashMap<Told, Instant> told = new LinkedHashMap<>();

  /** With the client that writes them. */
  public EventRecorder(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** Tells an event of a WorkerGroup. */
  public void record(WorkerGroup group, Note note) {
    record(
        new ObjectReferenceBuilder()
            .withApiVersion(group.getApiVersion())
            .withKind(group.getKind())
            .withName(group.getMetadata().getName())
            .withNamespace(group.getMetadata().getNamespace())
            .withUid(group.getMetadata().getUid())
            .withResourceVersion(group.getMetadata().getResourceVersion())
            .build(),
        note);
  }

  /** Tells an event that is of no WorkerGroup, as one of the operator's own pod. */
  public void recordOwn(Note note) {
    record(
        new ObjectReferenceBuilder()
            .withApiVersion("v1")
            .withKind("Pod")
            .withName(Objects.requireNonNullElse(System.getenv("HOSTNAME"), Wiring.OPERATOR))
            .withNamespace(Objects.requireNonNullElse(client.getNamespace(), "default"))
            .build(),
        note);
  }

  private void record(ObjectReference about, Note note) {
    Instant now = clock.instant();
    if (isNew(new Told(about.getNamespace() + "/" + about.getName() + about.getUid(), note), now)) {
      log.atLevel(note.warns() ? Level.WARN : Level.INFO)
          .log(
              "{}/{}: {}: {}",
              about.getNamespace(),
              about.getName(),
              note.reason(),
              note.message());
      Event event = event(about, note, now);
      Thread.ofVirtual().name("event").start(() -> write(event));
    }
  }

  private synchronized boolean isNew(Told event, Instant now) {
    Instant last = told.get(event);
    if (last != null && now.isBefore(last.plus(ONCE_EVERY))) {
      return false;
    }
    told.remove(event);
    told.put(event, now);
    if (told.size() > REMEMBERED_MAX) {
      told.pollFirstEntry();
    }
    return true;
  }

  private void write(Event event) {
    try {
      client.v1().events().inNamespace(event.getMetadata().getNamespace()).resource(event).create();
    } catch (KubernetesClientException e) {
      if (Refusals.isOfEndingNamespace(e)) {
        return; // nobody could read it
      }
      log.warn(
          "event {} of {} was not written: {}",
          event.getReason(),
          event.getInvolvedObject().getName(),
          e.getMessage());
    }
  }

  private static Event event(ObjectReference about, Note note, Instant now) {
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withGenerateName(about.getName() + ".")
        .withNamespace(about.getNamespace())
        .endMetadata()
        .withInvolvedObject(about)
        .withType(note.warns() ? "Warning" : "Normal")
        .withReason(note.reason().name())
        .withMessage(note.message())
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withCount(1)
        .withNewSource()
        .withComponent(Wiring.OPERATOR)
        .endSource()
        .withReportingComponent(Wiring.OPERATOR)
        .build();
  }
}
