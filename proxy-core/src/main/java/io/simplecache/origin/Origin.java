package io.simplecache.origin;

import io.simplecache.origin.OriginStatistics.State;

/** One origin as all event loops see it. Threads: any. */
final class Origin {
  private final OriginAddress address;
  private final Breaker breaker;
  private final FetchLimit limit;
  private final OriginCounts.Address counts;
  private volatile boolean isWell = true;

  Origin(OriginAddress address, OriginSettings settings, OriginCounts counts) {
    this.address = address;
    this.counts = counts.of(address);
    this.breaker = new Breaker(settings);
    this.limit = new FetchLimit(settings.maxFetches(), settings.maxQueued());
  }

  OriginAddress address() {
    return address;
  }

  Breaker breaker() {
    return breaker;
  }

  FetchLimit limit() {
    return limit;
  }

  OriginCounts.Address counts() {
    return counts;
  }

  /** A health check has ended. */
  void checked(boolean well) {
    isWell = well;
  }

  /** Returns whether it may be asked, as far as the last check and the breaker know. */
  boolean isPassable(long nowNanos) {
    return isWell && breaker.isPassable(nowNanos);
  }

  /** Returns whether whoever was to ask it before still may. */
  boolean isUp() {
    return state() == State.CLOSED;
  }

  private State state() {
    return isWell ? breaker.state() : State.OPEN;
  }

  OriginStatistics statistics() {
    return new OriginStatistics(
        address.toString(),
        limit.outstanding(),
        limit.queued(),
        state(),
        counts.requests(),
        counts.retries(),
        counts.checks(),
        counts.responses(),
        counts.failures());
  }
}
