package io.simplecache.store;

import static java.util.Objects.requireNonNull;

import io.simplecache.key.CacheKey;
import io.simplecache.observe.Departure;
import io.simplecache.observe.Departure.Cause;
import io.simplecache.policy.Reason;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What has left the store lately, or could not be stored, and why. A fixed number of places by
 * hash, in which the last one stays; keys are remembered by 64 bits of hash only, since their text
 * may be long. Takes {@value #WEIGHT_BYTES} bytes when full. Any thread.
 */
public final class Departures {
  /** A power of two. */
  private static final int PLACES = 4096;

  static final int WEIGHT_BYTES = PLACES * (4 + 40);

  private record Noted(long identity, long whenMillis, Cause cause, @Nullable Reason reason) {}

  private final AtomicReferenceArray<@Nullable Noted> places = new AtomicReferenceArray<>(PLACES);
  private final Map<Cause, LongAdder> counts = new EnumMap<>(Cause.class);
  private final InstantSource clock;

  /** Creates an empty memory. */
  Departures(InstantSource clock) {
    this.clock = clock;
    for (Cause cause : Cause.values()) {
      counts.put(cause, new LongAdder());
    }
  }

  /** Notes that the response to {@code key} could not be stored. */
  public void notStorable(CacheKey key, Reason reason) {
    note(key, Cause.NOT_STORABLE, reason);
  }

  void note(CacheKey key, Cause cause, @Nullable Reason reason) {
    requireNonNull(counts.get(cause)).increment();
    long identity = identityOf(key);
    places.set(placeOf(identity), new Noted(identity, clock.millis(), cause, reason));
  }

  /** Returns the last departure of {@code key}, or null if there was none or it is forgotten. */
  public @Nullable Departure find(CacheKey key) {
    long identity = identityOf(key);
    Noted noted = places.get(placeOf(identity));
    return noted == null || noted.identity != identity
        ? null
        : new Departure(Instant.ofEpochMilli(noted.whenMillis), noted.cause, noted.reason);
  }

  /** Returns how many responses have left, or could not be stored, by cause. */
  public Map<Cause, Long> counts() {
    Map<Cause, Long> sums = new EnumMap<>(Cause.class);
    counts.forEach((cause, count) -> sums.put(cause, count.sum()));
    return sums;
  }

  private static long identityOf(CacheKey key) {
    int host = key.authority().hashCode() * 31 + key.scheme().hashCode();
    return ((long) key.target().hashCode() << 32) | Integer.toUnsignedLong(host);
  }

  private static int placeOf(long identity) {
    return (int)
        ((identity * 0x9E3779B97F4A7C15L) >>> (64 - Integer.numberOfTrailingZeros(PLACES)));
  }
}
