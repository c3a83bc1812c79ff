package io.simplecache.origin;

import java.time.Duration;

/**
 * A request by which an origin shows that it is well, by answering with 2xx or 3xx before the next
 * one is due. One that does not is skipped until it does.
 *
 * @param path what is asked for by GET, from {@code /} on
 * @param interval from one to the next
 */
public record HealthCheck(String path, Duration interval) {
  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException when a value is out of bounds; the message names it
   */
  public HealthCheck {
    if (!path.matches("/[!-~]*")) {
      throw new IllegalArgumentException(
          "healthCheck.path: " + path + " (expected: / and visible characters)");
    }
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("healthCheck.interval: " + interval + " (expected: > 0)");
    }
  }
}
