package io.simplecache.transport;

import java.time.Duration;

/**
 * How fast a peer sends or takes something, on average over the time in which it could. Time is
 * that of the event loop, in nanoseconds. Thread: one.
 */
public final class Pace {
  private long bytes;
  private long nanos;
  private long runsSince;
  private boolean runs;

  /** From now on it is the peer's turn. */
  public void run(long nowNanos) {
    if (!runs) {
      runs = true;
      runsSince = nowNanos;
    }
  }

  /** From now on the peer has to wait. */
  public void pause(long nowNanos) {
    if (runs) {
      runs = false;
      nanos += nowNanos - runsSince;
    }
  }

  /** That many bytes have come, or gone. */
  public void add(long moreBytes) {
    bytes += moreBytes;
  }

  /** Returns whether there were fewer bytes than that, on average, since the grace was over. */
  public boolean isBelow(int bytesPerSecond, Duration grace, long nowNanos) {
    long ranNanos = nanos + (runs ? nowNanos - runsSince : 0) - grace.toNanos();
    return ranNanos > 0 && bytes < ranNanos / 1e9 * bytesPerSecond;
  }
}
