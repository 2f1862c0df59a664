package dev.baton.quarkus;

import io.quarkus.arc.Arc;
import io.quarkus.runtime.ShutdownContext;
import io.quarkus.runtime.annotations.Recorder;
import java.util.List;

/** What the application does of Baton when it starts. */
@Recorder
public class BatonRecorder {

  /** Takes work, and drains when the application stops. */
  public void work(List<Class<?>> functions, ShutdownContext shutdown) {
    var worker = Arc.container().instance(BatonWorker.class).get();
    worker.start(functions);
    shutdown.addShutdownTask(worker::stop);
  }
}
