package io.simplecache.server;

import com.sun.management.OperatingSystemMXBean;
import io.netty.util.internal.PlatformDependent;
import io.simplecache.server.config.BadSetting;
import io.simplecache.server.config.ByteSize;
import io.simplecache.server.config.Settings;
import io.simplecache.server.config.Values;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/**
 * What the process takes, in bytes.
 *
 * @param cacheBytes what stored and arriving responses may take together
 * @param heapBytes the largest heap
 */
record Memory(long cacheBytes, long heapBytes) {
  private static final long DEFAULT_CACHE_BYTES = 256L << 20;

  /** What connections need of the direct memory beside the cache. */
  private static final long BUFFERS_BYTES = 32L << 20;

  /** With less there would be nothing for the cache. */
  private static final long LEAST_DIRECT_BYTES = BUFFERS_BYTES + (2L << 20);

  /** The JVM itself: its code, classes, threads; and the buffers of connections. */
  private static final long JVM_BYTES = 150L << 20;

  /**
   * Returns the plan.
   *
   * @throws BadSetting if the cache does not fit into the JVM's direct memory, which has a limit of
   *     its own, by default as large as the heap's
   */
  static Memory plan(Values values) {
    return plan(values, PlatformDependent.maxDirectMemory());
  }

  /** Returns the plan where the JVM's direct memory has that limit, in bytes. */
  static Memory plan(Values values, long limit) {
    long most = Math.max(0, (limit - BUFFERS_BYTES) / 5 * 4) >> 20 << 20;
    Optional<ByteSize> wanted = values.find(Settings.MEMORY);
    if (wanted.isPresent() && wanted.get().bytes() > most) {
      throw values.bad(
          Settings.MEMORY,
          "%s (expected: at most %s, for the JVM's direct memory is limited to %d MiB; raise it by java -XX:MaxDirectMemorySize)"
              .formatted(wanted.get(), new ByteSize(most), limit >> 20));
    }
    if (most == 0) {
      throw new BadSetting(
          "the JVM's direct memory is limited to %d MiB (expected: at least %d MiB, by java -XX:MaxDirectMemorySize, or -Xmx where that is not given)"
              .formatted(limit >> 20, LEAST_DIRECT_BYTES >> 20));
    }
    long cacheBytes = wanted.map(ByteSize::bytes).orElse(Math.min(DEFAULT_CACHE_BYTES, most));
    return new Memory(cacheBytes, Runtime.getRuntime().maxMemory());
  }

  /** Returns what the process takes in all: the allocator of the cache may take a quarter more. */
  long processBytes() {
    return cacheBytes / 4 * 5 + heapBytes + JVM_BYTES;
  }

  /** Returns a line for the operator if the machine, or the container, has less. */
  Optional<String> warning() {
    long availableBytes =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    if (availableBytes <= 0 || processBytes() <= availableBytes) {
      return Optional.empty();
    }
    return Optional.of(
        "memory: the process may take %d MiB, but there are %d MiB here; lower --memory (%s) or the heap (java -Xmx, now %d MiB)"
            .formatted(
                processBytes() >> 20,
                availableBytes >> 20,
                new ByteSize(cacheBytes),
                heapBytes >> 20));
  }

  /** Says it for the start line. */
  @Override
  public String toString() {
    return "memory %s, the whole process at most %,d MiB"
        .formatted(new ByteSize(cacheBytes), processBytes() >> 20);
  }
}
