package dev.baton.server.warmup;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a thread stand back when others want the processor. On Linux each thread has a niceness of
 * its own, which those that it starts inherit; elsewhere a process has one, and nothing is done.
 */
final class StandBack {

  private static final Logger LOG = LoggerFactory.getLogger(StandBack.class);

  /** A third of the share of others. */
  private static final int NICENESS = 5;

  // Arguments of setpriority: one thread, and the one that asks.
  private static final int PRIO_PROCESS = 0;
  private static final int SELF = 0;

  private StandBack() {}

  /** This thread, and those that it starts from now on. There is no way back. */
  @SuppressWarnings("restricted") // The program is started with --enable-native-access.
  static void now() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return;
    }
    try {
      Linker linker = Linker.nativeLinker();
      MethodHandle setPriority =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("setpriority"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
      int result = (int) setPriority.invokeExact(PRIO_PROCESS, SELF, NICENESS);
      LOG.debug("The practice stands back: {}", result);
    } catch (Throwable e) {
      LOG.debug("The practice does not stand back", e);
    }
  }
}
