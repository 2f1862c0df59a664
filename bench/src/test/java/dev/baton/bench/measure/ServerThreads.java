package dev.baton.bench.measure;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;

/** What the threads of the servers in this process have used. */
final class ServerThreads {

  /** Bytes allocated, nanoseconds of CPU. */
  record Use(long bytes, long cpuNanos) {
    Use since(Use earlier) {
      return new Use(bytes - earlier.bytes, cpuNanos - earlier.cpuNanos);
    }
  }

  private ServerThreads() {}

  static Use now() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] ids =
        Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
            .filter(info -> info != null && isServers(info))
            .mapToLong(ThreadInfo::getThreadId)
            .toArray();
    return new Use(
        Arrays.stream(threads.getThreadAllocatedBytes(ids)).sum(),
        Arrays.stream(threads.getThreadCpuTime(ids)).sum());
  }

  private static boolean isServers(ThreadInfo info) {
    String name = info.getThreadName();
    return name.equals("engine")
        || name.equals("groups")
        || name.startsWith("reader-")
        || name.startsWith("vert.x-");
  }
}
