package io.simplecache.exchange;

/** Where an exchange stands; in the order of a request's life. */
enum Phase {
  /** Which stored response could be meant, and may one be used at all? */
  KEY,
  /** Selects a stored response (RFC 9111 §4.1). */
  LOOKUP,
  /** May it be used, must it be validated, or is there none? */
  DECIDE,
  /** Becomes leader or follower. */
  JOIN,
  /** Asks the origin, alone or as the leader. */
  FETCH,
  /** Suspended until the flight has an outcome. */
  WAIT,
  /** The flight's outcome is there. */
  OUTCOME,
  /** Chooses what of the response goes out, and sends its head. */
  ANSWER,
  /** Sends the body at the client's pace; suspended in between. */
  DELIVER,
  /** An answer of our own, mostly a refusal. */
  REJECT,
  /** Exactly once: record, release, go. */
  FINISH,
  OVER
}
