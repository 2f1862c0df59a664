package dev.baton.bench.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Linux says of processes and of itself, in {@code /proc}. */
public final class Proc {

  /** The unit of times there: USER_HZ, which is 100 on every Linux that Java runs on. */
  private static final double TICKS_PER_SECOND = 100;

  private Proc() {}

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  /** CPU seconds that a process has used, in user mode and in the kernel. */
  public static double cpuSeconds(long pid) {
    String stat = read("/proc/" + pid + "/stat");
    // The name, in parentheses, may hold blanks; what follows is separated by one blank each.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  /** The same of a process that may have ended; then 0. */
  static double cpuSecondsOrZero(long pid) {
    try {
      return cpuSeconds(pid);
    } catch (UncheckedIOException _) {
      return 0;
    }
  }

  /** The same with those of its children that have ended. */
  static double cpuSecondsWithEnded(long pid) {
    String stat = read("/proc/" + pid + "/stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    double sum = 0;
    for (int i = 11; i <= 14; i++) {
      sum += Long.parseLong(fields[i]) / TICKS_PER_SECOND;
    }
    return sum;
  }

  /** CPU seconds of this process and its descendants, and of those of theirs that have ended. */
  public static double familyCpuSeconds() {
    String stat = read("/proc/self/stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    double sum = 0;
    for (int i = 11; i <= 14; i++) {
      sum += Long.parseLong(fields[i]) / TICKS_PER_SECOND;
    }
    for (ProcessHandle child : ProcessHandle.current().descendants().toList()) {
      try {
        // A database's sessions are its children, and end before it.
        sum += cpuSecondsWithEnded(child.pid());
      } catch (UncheckedIOException _) {
        continue; // It has just ended, and is counted with the others of its kind next time.
      }
    }
    return sum;
  }

  /** Resident memory of a process in MB of 10^6 bytes. */
  public static double residentMb(long pid) {
    for (String line : read("/proc/" + pid + "/status").split("\n")) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024 / 1e6;
      }
    }
    throw new IllegalStateException("process " + pid + " has no VmRSS");
  }

  /** The JVM options of a Java process: what its command line has before the class path. */
  public static List<String> javaOptions(long pid) {
    return List.of(read("/proc/" + pid + "/cmdline").split("\0")).stream()
        .skip(1)
        .takeWhile(option -> !option.equals("-cp"))
        .filter(option -> !option.startsWith("-XX:AOTCache"))
        .toList();
  }

  /** CPU seconds that all processes of the machine have used. */
  public static double machineCpuSeconds() {
    String[] fields = read("/proc/stat").lines().findFirst().orElse("").split(" +");
    long busy = 0;
    for (int i = 1; i <= 8 && i < fields.length; i++) {
      if (i != 4 && i != 5) { // idle, iowait
        busy += Long.parseLong(fields[i]);
      }
    }
    return busy / TICKS_PER_SECOND;
  }

  /** The load average of the last minute. */
  public static double loadAverage() {
    return Double.parseDouble(read("/proc/loadavg").split(" ")[0]);
  }

  /** How many files this process may open. */
  public static long fileLimit() {
    for (String line : read("/proc/self/limits").split("\n")) {
      if (line.startsWith("Max open files")) {
        String soft = line.split(" {2,}")[1];
        return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
      }
    }
    return 1024;
  }

  /** The name of the processor. */
  public static String processor() {
    return read("/proc/cpuinfo")
        .lines()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 2))
        .findFirst()
        .orElse(System.getProperty("os.arch", "?"));
  }
}
