package io.simplecache.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.codec.http.HttpMethod;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.observe.Forward;
import io.simplecache.observe.Result;
import io.simplecache.policy.Reason;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProxyMetricsTest {
  private final ProxyMetrics metrics = new ProxyMetrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  static ExchangeRecord record(String target, Result result, Reason reason) {
    ExchangeRecord record =
        new ExchangeRecord(HttpMethod.GET, "h", target, "127.0.0.1", 0, /* startNanos= */ 0);
    record.decided(result, reason);
    record.answered(200);
    record.sent(1000);
    record.ended(/* wasComplete= */ true, TimeUnit.MICROSECONDS.toNanos(40));
    return record;
  }

  /** Returns the samples of {@code name}, by their labels. */
  private Map<String, Double> samples(String name) {
    Map<String, Double> samples = new TreeMap<>();
    metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .forEach(
            line -> {
              int space = line.lastIndexOf(' ');
              samples.put(
                  line.substring(name.length(), space),
                  Double.parseDouble(line.substring(space + 1)));
            });
    return samples;
  }

  @Test
  void version_isALabelOfAConstant() {
    try (ProxyMetrics metrics = new ProxyMetrics()) {
      metrics.version("1.2.3");

      assertTrue(
          metrics.scrape().contains("simple_cache_build_info{version=\"1.2.3\"} 1"),
          metrics.scrape());
    }
  }

  @Test
  void requests_areCountedByResultAndReason() {
    metrics.onExchange(record("/", Result.HIT, Reason.FRESH));
    metrics.onExchange(record("/", Result.HIT, Reason.FRESH));
    metrics.onExchange(record("/", Result.BYPASS, Reason.PRIVATE));

    assertEquals(
        Map.of(
            "{reason=\"fresh\",result=\"hit\"}", 2.0,
            "{reason=\"private\",result=\"bypass\"}", 1.0),
        samples("simple_cache_requests_total"));
  }

  @Test
  void miss_isCountedByWhyTheOriginWasAsked() {
    ExchangeRecord miss =
        new ExchangeRecord(HttpMethod.GET, "h", "/", "127.0.0.1", 0, /* startNanos= */ 0);
    miss.forwarded(Forward.URI_MISS);
    miss.decided(Result.MISS, null);
    miss.ended(/* wasComplete= */ false, 1);

    metrics.onExchange(miss);

    assertEquals(
        Map.of("{reason=\"uri-miss\",result=\"miss\"}", 1.0),
        samples("simple_cache_requests_total"));
    assertEquals(Map.of("", 1.0), samples("simple_cache_incomplete_responses_total"));
  }

  /** A rule and a reason to ask have one name, and so one count. */
  @Test
  void sameName_isCountedOnce() {
    ExchangeRecord miss =
        new ExchangeRecord(HttpMethod.GET, "h", "/", "127.0.0.1", 0, /* startNanos= */ 0);
    miss.forwarded(Forward.STALE);
    miss.decided(Result.MISS, null);

    metrics.onExchange(miss);
    metrics.onExchange(record("/", Result.MISS, Reason.STALE));

    assertEquals(
        Map.of("{reason=\"stale\",result=\"miss\"}", 2.0), samples("simple_cache_requests_total"));
  }

  @Test
  void latencies_areAHistogramInSeconds() {
    metrics.onExchange(record("/", Result.HIT, Reason.FRESH));

    Map<String, Double> buckets = samples("simple_cache_request_duration_seconds_bucket");
    assertEquals(0.0, buckets.get("{result=\"hit\",le=\"2.5E-5\"}"));
    assertEquals(1.0, buckets.get("{result=\"hit\",le=\"5.0E-5\"}"));
    assertEquals(1.0, buckets.get("{result=\"hit\",le=\"+Inf\"}"));
    Map<String, Double> sums = samples("simple_cache_request_duration_seconds_sum");
    assertEquals(4.0e-5, sums.getOrDefault("{result=\"hit\"}", 0.0), 1e-9);
  }

  @Test
  void names_followTheConventionsOfPrometheus() {
    metrics.onExchange(record("/", Result.HIT, Reason.FRESH));

    for (String line : metrics.scrape().lines().toList()) {
      if (line.startsWith("# TYPE simple_cache_")) {
        String name = line.replaceAll("# TYPE (\\S+) .*", "$1");
        assertTrue(name.matches("simple_cache_[a-z_]+"), name);
        assertEquals(line.endsWith(" counter"), name.endsWith("_total"), line);
      }
    }
  }

  @Test
  void jvm_isThere() {
    assertTrue(samples("jvm_memory_used_bytes").size() > 2);
    assertTrue(samples("jvm_buffer_memory_used_bytes").size() > 0);
    assertTrue(samples("process_uptime_seconds").size() == 1);
  }
}
