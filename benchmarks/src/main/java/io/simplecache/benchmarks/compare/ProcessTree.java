package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** What a process and all its descendants have used, read from {@code /proc} (proc(5)). */
final class ProcessTree {
  /** The unit of {@code utime} and {@code stime}; 100 a second on every Linux of today. */
  private static final long MICROS_PER_TICK = 10_000;

  private static final int UTIME_AFTER_COMMAND = 11;

  private final ProcessHandle root;

  ProcessTree(ProcessHandle root) {
    this.root = root;
  }

  private Stream<ProcessHandle> processes() {
    return Stream.concat(Stream.of(root), root.descendants());
  }

  /** Returns user and system time of all threads since they started, in microseconds. */
  long cpuMicros() throws IOException {
    long ticks = 0;
    for (ProcessHandle process : processes().toList()) {
      String stat = read(process, "stat");
      if (!stat.isEmpty()) {
        // the command may hold spaces and parentheses; what follows it does not
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        ticks +=
            Long.parseLong(fields[UTIME_AFTER_COMMAND])
                + Long.parseLong(fields[UTIME_AFTER_COMMAND + 1]);
      }
    }
    return ticks * MICROS_PER_TICK;
  }

  /** Returns the resident memory in bytes; pages that processes share are counted once. */
  long residentBytes() throws IOException {
    long kib = 0;
    for (ProcessHandle process : processes().toList()) {
      kib +=
          read(process, "smaps_rollup")
              .lines()
              .filter(line -> line.startsWith("Pss:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .sum();
    }
    return kib * 1024;
  }

  /**
   * Asks all to end, waits ten seconds, then insists; the first is asked alone for it knows best.
   */
  void end() {
    List<ProcessHandle> all = processes().toList();
    root.destroy();
    try {
      root.onExit().get(10, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      root.destroyForcibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
  }

  /** Returns nothing for a process that has ended, whether or not its parent has seen to it. */
  private static String read(ProcessHandle process, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
    } catch (IOException e) {
      return "";
    }
  }
}
