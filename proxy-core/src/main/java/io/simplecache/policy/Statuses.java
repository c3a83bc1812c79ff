package io.simplecache.policy;

import java.util.Set;

/** What the rules know of status codes. */
final class Statuses {
  /** RFC 9110 §15.1, without 206, which this version does not store. */
  private static final Set<Integer> HEURISTICALLY_CACHEABLE =
      Set.of(200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501);

  /**
   * The final status codes whose caching requirements this cache conforms to (RFC 9111 §5.2.2.3):
   * those that RFC 9110 §15 and RFC 6585 define, without 206 and 304, which are not stored.
   */
  private static final Set<Integer> UNDERSTOOD =
      Set.of(
          200, 201, 202, 203, 204, 205, 300, 301, 302, 303, 305, 307, 308, 400, 401, 402, 403, 404,
          405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 421, 422, 426, 428, 429,
          431, 451, 500, 501, 502, 503, 504, 505, 511);

  private Statuses() {}

  static boolean isHeuristicallyCacheable(int status) {
    return HEURISTICALLY_CACHEABLE.contains(status);
  }

  static boolean isUnderstood(int status) {
    return UNDERSTOOD.contains(status);
  }
}
