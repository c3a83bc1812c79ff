package io.simplecache.policy;

import org.jspecify.annotations.Nullable;

/**
 * Numbers of seconds in fields (<a
 * href="https://datatracker.ietf.org/doc/html/rfc9111#section-1.2.2">RFC 9111 §1.2.2</a>).
 */
final class DeltaSeconds {
  /** Not there at all. */
  static final int ABSENT = -1;

  /** There, but not a number of seconds. */
  static final int INVALID = -2;

  /** What a number too large to hold becomes: §1.2.2, the greatest one that can be held. */
  static final int MAX = Integer.MAX_VALUE;

  private DeltaSeconds() {}

  /** Returns the number of seconds, at most {@link #MAX}, or {@link #INVALID}. */
  static int parse(@Nullable String digits) {
    if (digits == null || digits.isEmpty()) {
      return INVALID;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      if (digit < '0' || digit > '9') {
        return INVALID;
      }
      number = Math.min(number * 10 + (digit - '0'), MAX);
    }
    return (int) number;
  }

  /** Returns the number held in the int range of this class; negative numbers are invalid. */
  static int saturate(long seconds) {
    return seconds < 0 ? INVALID : (int) Math.min(seconds, MAX);
  }
}
