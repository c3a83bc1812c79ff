package io.simplecache.origin;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What was sent to the origins and what came back, by address, since this was made. It is shared by
 * all clients of a proxy and outlives them, so that no count goes back when settings change. Any
 * thread.
 */
public final class OriginCounts {
  private final ConcurrentHashMap<String, Address> byAddress = new ConcurrentHashMap<>();

  Address of(OriginAddress address) {
    return byAddress.computeIfAbsent(address.toString(), name -> new Address());
  }

  /** Returns how many requests were sent to any address, without health checks. */
  public long requests() {
    return byAddress.values().stream()
        .mapToLong(counts -> counts.requests.sum() + counts.retries.sum())
        .sum();
  }

  /** The counts of one address. */
  static final class Address {
    private static final int CLASSES = 6;

    private final LongAdder requests = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final LongAdder checks = new LongAdder();
    private final LongAdder[] responses = new LongAdder[CLASSES];
    private final Map<OriginFailure, LongAdder> failures = new EnumMap<>(OriginFailure.class);

    Address() {
      for (int i = 0; i < CLASSES; i++) {
        responses[i] = new LongAdder();
      }
      for (OriginFailure failure : OriginFailure.values()) {
        failures.put(failure, new LongAdder());
      }
    }

    /** A request goes out for the first time. */
    void request() {
      requests.increment();
    }

    /** A request goes out once more. */
    void retry() {
      retries.increment();
    }

    /** A health check goes out. */
    void check() {
      checks.increment();
    }

    /** A valid final head came, with a code from 200 to 599. */
    void response(int code) {
      responses[code / 100].increment();
    }

    /** It was asked, or was to be, and that failed. */
    void failure(OriginFailure failure) {
      requireNonNull(failures.get(failure)).increment();
    }

    long requests() {
      return requests.sum();
    }

    long retries() {
      return retries.sum();
    }

    long checks() {
      return checks.sum();
    }

    Map<Integer, Long> responses() {
      Map<Integer, Long> sums = new TreeMap<>();
      for (int i = 2; i < CLASSES; i++) {
        sums.put(i, responses[i].sum());
      }
      return sums;
    }

    Map<OriginFailure, Long> failures() {
      Map<OriginFailure, Long> sums = new EnumMap<>(OriginFailure.class);
      failures.forEach((failure, count) -> sums.put(failure, count.sum()));
      return sums;
    }
  }
}
