package io.simplecache.origin;

import static java.util.Objects.requireNonNull;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** What was sent to one address and what came back, since the proxy was made. Any thread. */
final class OriginCounts {
  private static final int CLASSES = 6;

  private final LongAdder requests = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final LongAdder checks = new LongAdder();
  private final LongAdder[] responses = new LongAdder[CLASSES];
  private final Map<OriginFailure, LongAdder> failures = new EnumMap<>(OriginFailure.class);

  OriginCounts() {
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
