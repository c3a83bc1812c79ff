package io.simplecache.origin;

import java.util.concurrent.ConcurrentHashMap;

/**
 * The origins of a proxy, by address. Whoever asks one, for whichever site, keeps to the same limit
 * and knows of the same failures; what was counted of it outlives every change of settings, so that
 * no count goes back. Any thread.
 */
public final class Origins {
  private final ConcurrentHashMap<String, Origin> byAddress = new ConcurrentHashMap<>();

  /** Returns the one that is known, or under other settings than before, a new one in its place. */
  Origin of(OriginAddress address, OriginSettings settings) {
    return byAddress.compute(
        address.toString(),
        (name, known) -> {
          if (known == null) {
            return new Origin(address, settings, new OriginCounts());
          }
          return known.is(address, settings)
              ? known
              : new Origin(address, settings, known.counts());
        });
  }

  /** Returns how many requests were sent to any of them, without health checks. */
  public long requests() {
    return byAddress.values().stream()
        .map(Origin::counts)
        .mapToLong(counts -> counts.requests() + counts.retries())
        .sum();
  }
}
