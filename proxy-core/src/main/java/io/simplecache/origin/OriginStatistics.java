package io.simplecache.origin;

/**
 * How one origin is doing at this moment.
 *
 * @param origin its scheme, host and port
 * @param outstanding fetches that it has not answered to their end
 * @param queued fetches that wait for a place
 * @param failures attempts that failed, since the start: no connection, no valid head, or no end
 * @param state whether it is asked
 */
public record OriginStatistics(
    String origin, int outstanding, int queued, long failures, State state) {
  /** Whether an origin is asked. */
  public enum State {
    /** It is. */
    CLOSED,
    /** It failed too often in a row and is left alone for a time. */
    OPEN,
    /** That time is over; one request is trying it. */
    HALF_OPEN
  }
}
