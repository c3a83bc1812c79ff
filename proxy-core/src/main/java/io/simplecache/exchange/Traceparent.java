package io.simplecache.exchange;

import java.util.concurrent.ThreadLocalRandom;

/** The field that begins a trace (W3C Trace Context §3.2). */
final class Traceparent {
  private static final long SIGN = 1L << 63;

  private Traceparent() {}

  /** Returns a new one: version 00, random trace and parent, sampled. */
  static String create() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    // A sign bit that is always set keeps the ids at their length and from being all zeros.
    return "00-"
        + Long.toHexString(random.nextLong() | SIGN)
        + Long.toHexString(random.nextLong() | SIGN)
        + "-"
        + Long.toHexString(random.nextLong() | SIGN)
        + "-01";
  }
}
