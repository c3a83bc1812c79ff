package io.simplecache.benchmarks.compare;

import java.util.Locale;

/** What is measured; one value of each for a scenario, a contestant and a round. */
enum Measure {
  REQUESTS_PER_SECOND("requests/s", "%,.0f"),
  CPU_MICROS("CPU µs per request", "%,.1f"),
  MIB_PER_CPU_SECOND("MiB per CPU second", "%,.0f"),
  OFFERED_PER_SECOND("offered requests/s", "%,.0f"),
  P50_MICROS("p50 µs", "%,.0f"),
  P99_MICROS("p99 µs", "%,.0f"),
  P999_MICROS("p99.9 µs", "%,.0f"),
  ORIGIN_REQUESTS("origin asked", "%,.0f"),
  START_MILLIS("ms to the first answer", "%,.0f"),
  IDLE_MIB("MiB when idle", "%,.0f"),
  FULL_MIB("MiB when filled", "%,.0f"),
  BYTES_PER_OBJECT("bytes per object", "%,.0f");

  private final String title;
  private final String format;

  Measure(String title, String format) {
    this.title = title;
    this.format = format;
  }

  /** The head of its column, unit included. */
  String title() {
    return title;
  }

  /** Returns the value as it is shown. */
  String show(double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
