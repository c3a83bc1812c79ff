package io.simplecache.observe;

/** What a request met, in one word: the label of logs and counters. */
public enum Result {
  /** Answered from the store; the origin was not asked. */
  HIT,
  /** The origin was asked for the whole response. */
  MISS,
  /** Somebody else's fetch of the same was joined. */
  COLLAPSED,
  /** The origin confirmed what was stored. */
  REVALIDATED,
  /** A stored response past its freshness was sent. */
  STALE,
  /** Relayed: the request or the response does not allow storing. */
  BYPASS,
  /** Answered by the proxy itself: refused, or no response to be had. */
  ERROR
}
