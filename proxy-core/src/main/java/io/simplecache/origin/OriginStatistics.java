package io.simplecache.origin;

import java.util.Map;

/**
 * How one origin is doing at this moment, and what it was sent and answered since the proxy was
 * made. Everything is of the address, whichever site asked.
 *
 * @param origin its scheme, host and port
 * @param outstanding fetches that it has not answered to their end
 * @param queued fetches that wait for a place
 * @param state whether it is asked
 * @param requests sent to it for the first time, background validations among them
 * @param retries requests sent to it that were sent before, to it or to another
 * @param checks health checks sent to it
 * @param responses valid heads that it answered with, 1xx left out, by the first digit of their
 *     status, 2 to 5
 * @param failuresByKind what failed, by why; a kept connection that was closed as it was used is no
 *     failure if the request could be sent again
 */
public record OriginStatistics(
    String origin,
    int outstanding,
    int queued,
    State state,
    long requests,
    long retries,
    long checks,
    Map<Integer, Long> responses,
    Map<OriginFailure, Long> failuresByKind) {
  /** Whether an origin is asked. */
  public enum State {
    /** It is. */
    CLOSED,
    /** It was left alone; one request is trying whether it is back. */
    HALF_OPEN,
    /** It failed too often in a row, or its health check did, and is left alone for a time. */
    OPEN
  }

  /** Returns how much failed in all. */
  public long failures() {
    return failuresByKind.values().stream().mapToLong(Long::longValue).sum();
  }
}
