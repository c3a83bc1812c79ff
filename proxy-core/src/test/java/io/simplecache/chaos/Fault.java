package io.simplecache.chaos;

/** What the origin does to a request. */
enum Fault {
  /** The whole answer. */
  NONE,
  /** The whole answer, in small pieces. */
  DRIP,
  /** The whole answer after a while. */
  LATE,
  CLOSE_AT_ONCE,
  RESET_AT_ONCE,
  /** No byte, until the proxy gives up. */
  SILENCE,
  /** A head that does not end. */
  HALF_HEAD,
  /** Part of the body, then the end of the connection. */
  TRUNCATE,
  TRUNCATE_BY_RESET,
  /** Part of the body, then nothing. */
  STALL,
  /** A head that is none, or is ambiguous. */
  BAD_HEAD,
  /** Chunks that are none. */
  BAD_CHUNKS,
  /** A second response that nobody asked for, behind the first. */
  SURPLUS,
  /** A body where there is none. */
  BODY_OF_204,
  /** Informational responses before the final one. */
  INFORMATIONAL,
  /** The whole answer, then the connection closes though it said that it would not. */
  CLOSE_AFTER
}
