package io.simplecache.origin;

import io.simplecache.origin.OriginStatistics.State;
import io.simplecache.transport.Seldom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One origin as all event loops see it. Threads: any. */
final class Origin {
  private static final Logger log = LoggerFactory.getLogger(Origin.class);

  private final OriginAddress address;
  private final OriginSettings settings;
  private final Breaker breaker;
  private final FetchLimit limit;
  private final OriginCounts counts;
  private final Seldom failures = new Seldom();
  private volatile boolean isWell = true;

  /**
   * Creates one that nobody has asked yet.
   *
   * @param counts what was counted at this address before, and goes on
   */
  Origin(OriginAddress address, OriginSettings settings, OriginCounts counts) {
    this.address = address;
    this.settings = settings;
    this.counts = counts;
    this.breaker = new Breaker(settings);
    this.limit = new FetchLimit(settings.maxFetches(), settings.maxQueued());
  }

  /** Returns whether it is the same to whoever wants this. */
  boolean is(OriginAddress wanted, OriginSettings wantedSettings) {
    return address.equals(wanted) && settings.equals(wantedSettings);
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

  OriginCounts counts() {
    return counts;
  }

  /** Says in the log that it failed, once for many times. */
  void report(OriginFailure failure, String detail, long nowNanos) {
    long times = failures.timesToTell(nowNanos);
    if (times == 0) {
      log.debug("{}: {}: {}", address, failure.proxyStatus(), detail);
    } else if (times == 1) {
      log.warn("{}: {}: {}", address, failure.proxyStatus(), detail);
    } else {
      log.warn("{} failed {} times, now {}: {}", address, times, failure.proxyStatus(), detail);
    }
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
