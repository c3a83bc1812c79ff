package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a load generator has seen; times in microseconds.
 *
 * @param failed connections, reads, writes and answers that did not succeed in time
 * @param badStatus answers with a status of 400 or more
 */
record LoadResult(
    long requests,
    long micros,
    long bytes,
    long failed,
    long badStatus,
    double p50,
    double p99,
    double p999) {
  private static final String MARK = "RESULT ";

  /** Reads the line that begins with {@value #MARK}. */
  static LoadResult parse(String output) throws IOException {
    String line =
        output
            .lines()
            .filter(each -> each.startsWith(MARK))
            .findFirst()
            .orElseThrow(() -> new IOException("no result: " + output));
    Map<String, Long> values =
        Arrays.stream(line.substring(MARK.length()).split(" ", -1))
            .map(each -> each.split("=", 2))
            .collect(Collectors.toMap(each -> each[0], each -> Long.valueOf(each[1])));
    return new LoadResult(
        value(values, "requests"),
        value(values, "micros"),
        value(values, "bytes"),
        value(values, "failed"),
        value(values, "status"),
        value(values, "p50"),
        value(values, "p99"),
        value(values, "p999"));
  }

  private static long value(Map<String, Long> values, String name) throws IOException {
    Long value = values.get(name);
    if (value == null) {
      throw new IOException("no " + name + ": " + values);
    }
    return value;
  }

  double requestsPerSecond() {
    return requests * 1e6 / micros;
  }
}
