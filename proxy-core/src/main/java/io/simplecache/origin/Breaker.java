package io.simplecache.origin;

import io.simplecache.origin.OriginStatistics.State;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * Leaves an origin alone that fails. Closed, it lets everything pass, and opens after so many
 * failures in a row; open, it lets nothing pass until its back-off is over; then it is half-open,
 * and one request, the probe, may find out. The probe's failure opens it again for twice the time,
 * up to a bound. A valid head closes it, whoever got it.
 *
 * <p>Every probe ends in exactly one of {@link #succeeded}, {@link #failed} and {@link #abandoned}.
 *
 * <p>Threads: any. Times are nanoseconds of the event loops' ticker, which all of them share.
 */
final class Breaker {
  /** Whether a request may pass. */
  enum Pass {
    FREE,
    PROBE,
    REFUSED
  }

  private record Position(State state, int failures, long backOffNanos, long untilNanos) {}

  private static final AtomicReferenceFieldUpdater<Breaker, Position> POSITION =
      AtomicReferenceFieldUpdater.newUpdater(Breaker.class, Position.class, "position");

  private final int failuresToOpen;
  private final long minBackOffNanos;
  private final long maxBackOffNanos;
  private final Position closed;
  private volatile Position position;

  Breaker(OriginSettings settings) {
    failuresToOpen = settings.failuresToOpen() == 0 ? Integer.MAX_VALUE : settings.failuresToOpen();
    minBackOffNanos = settings.minBackOff().toNanos();
    maxBackOffNanos = settings.maxBackOff().toNanos();
    closed = new Position(State.CLOSED, /* failures= */ 0, minBackOffNanos, /* untilNanos= */ 0);
    position = closed;
  }

  State state() {
    return position.state();
  }

  /** Returns whether {@link #tryPass} has a chance. */
  boolean isPassable(long nowNanos) {
    return isPassable(position, nowNanos);
  }

  private static boolean isPassable(Position now, long nowNanos) {
    return switch (now.state()) {
      case CLOSED -> true;
      case OPEN -> nowNanos - now.untilNanos() >= 0;
      case HALF_OPEN -> false;
    };
  }

  Pass tryPass(long nowNanos) {
    Position now = position;
    if (now.state() == State.CLOSED) {
      return Pass.FREE;
    }
    if (!isPassable(now, nowNanos)) {
      return Pass.REFUSED;
    }
    Position probing =
        new Position(State.HALF_OPEN, now.failures(), now.backOffNanos(), now.untilNanos());
    return POSITION.compareAndSet(this, now, probing) ? Pass.PROBE : Pass.REFUSED;
  }

  /** A valid head came. */
  void succeeded() {
    if (position.failures() > 0) {
      position = closed;
    }
  }

  /** No valid head came. */
  void failed(boolean probe, long nowNanos) {
    POSITION.updateAndGet(this, now -> afterFailure(now, probe, nowNanos));
  }

  private Position afterFailure(Position now, boolean probe, long nowNanos) {
    return switch (now.state()) {
      case CLOSED ->
          now.failures() + 1 < failuresToOpen
              ? new Position(State.CLOSED, now.failures() + 1, minBackOffNanos, /* untilNanos= */ 0)
              : open(minBackOffNanos, nowNanos);
      // Of a request that passed before.
      case OPEN -> now;
      case HALF_OPEN ->
          probe ? open(Math.min(2 * now.backOffNanos(), maxBackOffNanos), nowNanos) : now;
    };
  }

  private Position open(long backOffNanos, long nowNanos) {
    return new Position(State.OPEN, failuresToOpen, backOffNanos, nowNanos + backOffNanos);
  }

  /** The probe was given up before it knew: the next request may be one. */
  void abandoned(long nowNanos) {
    POSITION.updateAndGet(
        this,
        now ->
            now.state() == State.HALF_OPEN
                ? new Position(State.OPEN, now.failures(), now.backOffNanos(), nowNanos)
                : now);
  }
}
