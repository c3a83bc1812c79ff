package io.simplecache.server.metrics;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many requests took how long: a counter for each of a fixed row of buckets. Micrometer's timer
 * does the same for several times the price, with a clock read and a shared array (measured: see
 * {@link ProxyMetrics}). Any thread.
 */
final class LatencyHistogram {
  private static final long[] BOUNDS_NANOS = {
    micros(10),
    micros(25),
    micros(50),
    micros(100),
    micros(250),
    micros(500),
    millis(1),
    micros(2500),
    millis(5),
    millis(10),
    millis(25),
    millis(50),
    millis(100),
    millis(250),
    millis(500),
    millis(1000),
    millis(2500),
    millis(5000),
    millis(10_000),
    millis(30_000)
  };

  private final LongAdder[] buckets = new LongAdder[BOUNDS_NANOS.length + 1];
  private final LongAdder sumNanos = new LongAdder();

  LatencyHistogram() {
    Arrays.setAll(buckets, i -> new LongAdder());
  }

  private static long micros(long micros) {
    return TimeUnit.MICROSECONDS.toNanos(micros);
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  void record(long nanos) {
    int found = Arrays.binarySearch(BOUNDS_NANOS, nanos);
    buckets[found >= 0 ? found : -found - 1].increment();
    sumNanos.add(nanos);
  }

  /** Returns the number of requests in each bucket; the last has no bound. */
  long[] counts() {
    long[] counts = new long[buckets.length];
    Arrays.setAll(counts, i -> buckets[i].sum());
    return counts;
  }

  double sumSeconds() {
    return seconds((double) sumNanos.sum());
  }

  /** Returns the upper bounds of the buckets, inclusive; the last is infinite. */
  static double[] boundsSeconds() {
    double[] bounds = new double[BOUNDS_NANOS.length + 1];
    Arrays.setAll(
        bounds,
        i ->
            i < BOUNDS_NANOS.length ? seconds((double) BOUNDS_NANOS[i]) : Double.POSITIVE_INFINITY);
    return bounds;
  }

  /**
   * Returns the time that this share of requests did not exceed, in seconds, interpolated within
   * its bucket; NaN if there are none.
   *
   * @param counts as of {@link #counts}, or a difference of two
   * @param share from 0 to 1
   */
  static double quantileSeconds(long[] counts, double share) {
    long all = Arrays.stream(counts).sum();
    if (all == 0) {
      return Double.NaN;
    }
    double rank = share * all;
    long below = 0;
    for (int i = 0; i < BOUNDS_NANOS.length; i++) {
      if (counts[i] > 0 && below + counts[i] >= rank) {
        double from = i == 0 ? 0 : BOUNDS_NANOS[i - 1];
        return seconds(from + (BOUNDS_NANOS[i] - from) * (rank - below) / counts[i]);
      }
      below += counts[i];
    }
    return seconds((double) BOUNDS_NANOS[BOUNDS_NANOS.length - 1]);
  }

  private static double seconds(double nanos) {
    return nanos / TimeUnit.SECONDS.toNanos(1);
  }
}
