package io.simplecache.policy;

/** Arithmetic that stops at the ends of the range instead of wrapping. */
final class Saturating {
  private Saturating() {}

  static long add(long x, long y) {
    long sum = x + y;
    boolean overflowed = ((x ^ sum) & (y ^ sum)) < 0;
    return overflowed ? end(x) : sum;
  }

  static long subtract(long x, long y) {
    long difference = x - y;
    boolean overflowed = ((x ^ y) & (x ^ difference)) < 0;
    return overflowed ? end(x) : difference;
  }

  /** Returns the milliseconds of a number of seconds that is not negative. */
  static long secondsToMillis(long seconds) {
    return seconds > Long.MAX_VALUE / 1000 ? Long.MAX_VALUE : seconds * 1000;
  }

  private static long end(long x) {
    return x < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }
}
