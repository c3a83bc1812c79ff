package io.simplecache.observe;

import io.simplecache.policy.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That something which was stored is not any more, or could not be stored.
 *
 * @param when it was
 * @param cause what took it
 * @param reason why it could not be stored; else null
 */
public record Departure(Instant when, Cause cause, @Nullable Reason reason) {
  /** What takes a response out of the store, or keeps it out. */
  public enum Cause {
    /** The memory was needed for something else. */
    EVICTED("evicted"),
    /** The operator removed it. */
    PURGED("purged"),
    /** An unsafe request, or a response, made it invalid (RFC 9111 §4.3.5, §4.4). */
    INVALIDATED("invalidated"),
    /** The response could not be stored. */
    NOT_STORABLE("not storable");

    private final String text;

    Cause(String text) {
      this.text = text;
    }

    /** Returns the name for people. */
    public String text() {
      return text;
    }
  }
}
