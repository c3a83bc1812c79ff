package io.simplecache.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps what may happen thousands of times a second from filling the log: it is said at most every
 * ten seconds. Threads: any.
 */
public final class Seldom {
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long NEVER = Long.MIN_VALUE;

  private final AtomicLong saidNanos = new AtomicLong(NEVER);
  private final AtomicLong unsaid = new AtomicLong();

  /**
   * Returns how often it happened since it was said last, this time included, if it is to be said
   * now; else 0.
   */
  public long timesToTell(long nowNanos) {
    unsaid.incrementAndGet();
    long said = saidNanos.get();
    boolean due = said == NEVER || nowNanos - said > PAUSE_NANOS;
    return due && saidNanos.compareAndSet(said, nowNanos) ? unsaid.getAndSet(0) : 0;
  }
}
