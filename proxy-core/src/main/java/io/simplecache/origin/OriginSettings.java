package io.simplecache.origin;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What each origin may be asked at once, and what follows when it fails. Immutable; {@link
 * #DEFAULTS} holds every default, {@link #toBuilder} changes some.
 *
 * @param maxFetches that one origin has to answer at the same time; each has a connection
 * @param maxQueued that wait for one of those places, the longest waiting first; more get 503
 * @param maxQueueTime how long a fetch waits for its place; then it gets 503
 * @param maxRetries how often a request is sent to another origin when one failed before the first
 *     byte of a response; 0: never
 * @param failuresToOpen after how many failures in a row an origin is left alone; 0: never
 * @param minBackOff how long it is left alone, before one request may try it
 * @param maxBackOff the bound of that time, which doubles as long as the origin fails
 * @param maxConnectionAge after which a connection is not used for another request, so that what
 *     DNS says now is followed
 * @param maxFields of a response's head; with more it is invalid
 * @param minBytesPerSecond of a response's body, on average over the time in which we read, once
 *     the idle timeout is over; a slower one is cut off; 0: no limit, for a stream of events may
 *     have nothing to say
 * @param healthCheck what each origin is asked from time to time, from the first request on; null:
 *     nothing
 */
public record OriginSettings(
    int maxFetches,
    int maxQueued,
    Duration maxQueueTime,
    int maxRetries,
    int failuresToOpen,
    Duration minBackOff,
    Duration maxBackOff,
    Duration maxConnectionAge,
    int maxFields,
    int minBytesPerSecond,
    @Nullable HealthCheck healthCheck) {
  /** The settings where the operator says nothing. */
  public static final OriginSettings DEFAULTS = new Builder().build();

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException when a value is out of bounds; the message names it
   */
  public OriginSettings {
    atLeast("maxFetches", maxFetches, 1);
    atLeast("maxQueued", maxQueued, 0);
    positive("maxQueueTime", maxQueueTime);
    atLeast("maxRetries", maxRetries, 0);
    atLeast("failuresToOpen", failuresToOpen, 0);
    positive("minBackOff", minBackOff);
    positive("maxConnectionAge", maxConnectionAge);
    atLeast("maxFields", maxFields, 1);
    atLeast("minBytesPerSecond", minBytesPerSecond, 0);
    if (maxBackOff.compareTo(minBackOff) < 0) {
      throw new IllegalArgumentException(
          "maxBackOff: " + maxBackOff + " (expected: >= minBackOff, " + minBackOff + ")");
    }
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + least + ")");
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }

  /** Returns a builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns a builder with these settings. */
  public Builder toBuilder() {
    return new Builder()
        .maxFetches(maxFetches)
        .maxQueued(maxQueued)
        .maxQueueTime(maxQueueTime)
        .maxRetries(maxRetries)
        .failuresToOpen(failuresToOpen)
        .minBackOff(minBackOff)
        .maxBackOff(maxBackOff)
        .maxConnectionAge(maxConnectionAge)
        .maxFields(maxFields)
        .minRate(minBytesPerSecond)
        .healthCheck(healthCheck);
  }

  /** Collects settings; every method sets the component of its name and returns this builder. */
  public static final class Builder {
    private int maxFetches = 1024;
    private int maxQueued = 4096;
    private Duration maxQueueTime = Duration.ofSeconds(10);
    private int maxRetries = 1;
    private int failuresToOpen = 10;
    private Duration minBackOff = Duration.ofSeconds(1);
    private Duration maxBackOff = Duration.ofSeconds(30);
    private Duration maxConnectionAge = Duration.ofMinutes(5);
    private int maxFields = 1024;
    private int minBytesPerSecond;
    private @Nullable HealthCheck healthCheck;

    private Builder() {}

    /** See {@link OriginSettings#maxFetches()}; default 1024. */
    public Builder maxFetches(int fetches) {
      maxFetches = fetches;
      return this;
    }

    /** See {@link OriginSettings#maxQueued()}; default 4096. */
    public Builder maxQueued(int fetches) {
      maxQueued = fetches;
      return this;
    }

    /** See {@link OriginSettings#maxQueueTime()}; default 10 s. */
    public Builder maxQueueTime(Duration time) {
      maxQueueTime = requireNonNull(time, "time");
      return this;
    }

    /** See {@link OriginSettings#maxRetries()}; default 1. */
    public Builder maxRetries(int retries) {
      maxRetries = retries;
      return this;
    }

    /** See {@link OriginSettings#failuresToOpen()}; default 10. */
    public Builder failuresToOpen(int failures) {
      failuresToOpen = failures;
      return this;
    }

    /** See {@link OriginSettings#minBackOff()}; default 1 s. */
    public Builder minBackOff(Duration time) {
      minBackOff = requireNonNull(time, "time");
      return this;
    }

    /** See {@link OriginSettings#maxBackOff()}; default 30 s. */
    public Builder maxBackOff(Duration time) {
      maxBackOff = requireNonNull(time, "time");
      return this;
    }

    /** See {@link OriginSettings#maxConnectionAge()}; default 5 min. */
    public Builder maxConnectionAge(Duration age) {
      maxConnectionAge = requireNonNull(age, "age");
      return this;
    }

    /** See {@link OriginSettings#maxFields()}; default 1,024. */
    public Builder maxFields(int fields) {
      maxFields = fields;
      return this;
    }

    /** See {@link OriginSettings#minBytesPerSecond()}; default 0, no limit. */
    public Builder minRate(int bytesPerSecond) {
      minBytesPerSecond = bytesPerSecond;
      return this;
    }

    /** See {@link OriginSettings#healthCheck()}; default none. */
    public Builder healthCheck(@Nullable HealthCheck check) {
      healthCheck = check;
      return this;
    }

    /**
     * Returns the settings.
     *
     * @throws IllegalArgumentException when a value is out of bounds; the message names it
     */
    public OriginSettings build() {
      return new OriginSettings(
          maxFetches,
          maxQueued,
          maxQueueTime,
          maxRetries,
          failuresToOpen,
          minBackOff,
          maxBackOff,
          maxConnectionAge,
          maxFields,
          minBytesPerSecond,
          healthCheck);
    }
  }
}
