package dev.baton.server.background;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** How the calling thread takes its turns on a processor, as Linux has it for each thread. */
@SuppressWarnings("restricted") // Calls of the system; the program is started so that it may.
final class LinuxScheduling {

  private static final int CALLING_THREAD = 0;

  /** {@code struct sched_attr} as it was first; what has been added to it since is not needed. */
  private static final int SIZE = 48;

  private static final int NICENESS_AT = 16;
  private static final int RUNTIME_AT = 24;

  private LinuxScheduling() {}

  /**
   * Niceness, and for how long the thread asks for the processor at a time, which a kernel before
   * 6.12 passes over. Answers whether the system has taken it: not every one lets itself be asked.
   */
  static boolean setAttributes(int niceness, long sliceNanos) throws Throwable {
    int number =
        switch (System.getProperty("os.arch", "")) {
          case "amd64" -> 314;
          case "aarch64" -> 274;
          default -> -1;
        };
    Optional<MemorySegment> syscall = Linker.nativeLinker().defaultLookup().find("syscall");
    if (number < 0 || syscall.isEmpty()) {
      return false; // The C library has a function of its own only since lately.
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(SIZE, Long.BYTES);
      attributes.set(ValueLayout.JAVA_INT, 0, SIZE);
      attributes.set(ValueLayout.JAVA_INT, NICENESS_AT, niceness);
      attributes.set(ValueLayout.JAVA_LONG, RUNTIME_AT, sliceNanos);
      var handle =
          Linker.nativeLinker()
              .downcallHandle(
                  syscall.get(),
                  FunctionDescriptor.of(
                      ValueLayout.JAVA_LONG,
                      ValueLayout.JAVA_LONG,
                      ValueLayout.JAVA_INT,
                      ValueLayout.ADDRESS,
                      ValueLayout.JAVA_INT),
                  Linker.Option.firstVariadicArg(1));
      return (long) handle.invokeExact((long) number, CALLING_THREAD, attributes, 0) == 0;
    }
  }

  /** Niceness alone. Answers whether the system has taken it. */
  static boolean setPriority(int niceness) throws Throwable {
    Optional<MemorySegment> symbol = Linker.nativeLinker().defaultLookup().find("setpriority");
    if (symbol.isEmpty()) {
      return false;
    }
    var handle =
        Linker.nativeLinker()
            .downcallHandle(
                symbol.get(),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT));
    return (int) handle.invokeExact(0, CALLING_THREAD, niceness) == 0;
  }
}
