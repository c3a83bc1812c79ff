package io.simplecache.server.metrics;

import io.simplecache.CachingProxy;
import io.simplecache.ProxyStatistics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the page shows: one sample a second, and those of the last minutes for whoever opens it.
 * Thread: one, the admin listener's event loop.
 */
public final class LiveView {
  private static final int HISTORY_SECONDS = 300;

  /** Latencies are of so many seconds: of one there may be too few. */
  private static final int LATENCY_SECONDS = 10;

  private static final int TOP = 12;

  private final ProxyMetrics metrics;
  private final CachingProxy proxy;
  private final Deque<Point> history = new ArrayDeque<>();
  private final Deque<ProxyMetrics.Counts> recent = new ArrayDeque<>();

  public LiveView(ProxyMetrics metrics, CachingProxy proxy) {
    this.metrics = metrics;
    this.proxy = proxy;
    ProxyMetrics.Counts none = metrics.counts();
    recent.add(none);
    history.add(point(proxy.config().clock().millis(), proxy.statistics(), none, none));
  }

  /**
   * What the charts over time are made of. Counts are since the start; latencies are of the last
   * {@value #LATENCY_SECONDS} s, in seconds, negative where there was none.
   *
   * @param timeMillis wall clock
   * @param requests all
   * @param hits of them
   * @param originRequests sent to main servers, health checks left out
   * @param hitMedian of hits
   * @param hitP99 of hits
   * @param otherMedian of all other requests
   * @param otherP99 of all other requests
   */
  public record Point(
      long timeMillis,
      long requests,
      long hits,
      long originRequests,
      double hitMedian,
      double hitP99,
      double otherMedian,
      double otherP99) {}

  /**
   * Everything at one moment.
   *
   * @param point for the charts over time
   * @param requests since the start, by result and reason
   * @param sentBytes since the start
   * @param memoryLimitBytes what the cache may take
   * @param memoryBytes what it takes, by what for
   * @param departures since the start, what left the store or did not get in, by cause
   * @param storedResources keys with a stored response
   * @param connections open connections of clients
   * @param flights fetches that others may join
   * @param top the targets that are asked for most
   */
  public record Sample(
      Point point,
      Map<String, Map<String, Long>> requests,
      long sentBytes,
      long memoryLimitBytes,
      Map<String, Long> memoryBytes,
      Map<String, Long> departures,
      long storedResources,
      int connections,
      int flights,
      List<TopTargets.Top> top) {}

  /** Takes the sample of this second. To be called once a second. */
  public Sample second(long nowMillis) {
    ProxyMetrics.Counts now = metrics.counts();
    ProxyStatistics statistics = proxy.statistics();
    Point point = point(nowMillis, statistics, now, recent.getFirst());
    metrics.top().second(point.requests() - history.getLast().requests());
    keep(recent, now, LATENCY_SECONDS);
    keep(history, point, HISTORY_SECONDS);

    Map<String, Long> memory = new LinkedHashMap<>();
    for (MemoryClass part : MemoryClass.values()) {
      memory.put(ProxyMetrics.label(part), part.bytes(statistics));
    }
    Map<String, Long> departures = new LinkedHashMap<>();
    statistics
        .departures()
        .forEach((cause, count) -> departures.put(ProxyMetrics.label(cause), count));
    return new Sample(
        point,
        now.requests(),
        now.sentBytes(),
        statistics.limitBytes(),
        memory,
        departures,
        statistics.storedResources(),
        statistics.connections(),
        statistics.flights(),
        metrics.top().most(TOP));
  }

  /** Returns the points of the last {@value #HISTORY_SECONDS} seconds, oldest first. */
  public List<Point> history() {
    return new ArrayList<>(history);
  }

  private static <T> void keep(Deque<T> deque, T newest, int limit) {
    deque.addLast(newest);
    if (deque.size() > limit) {
      deque.removeFirst();
    }
  }

  private static Point point(
      long nowMillis,
      ProxyStatistics statistics,
      ProxyMetrics.Counts now,
      ProxyMetrics.Counts before) {
    long all = 0;
    for (Map<String, Long> reasons : now.requests().values()) {
      all += sum(reasons);
    }
    long[] hits = difference(now.hitLatencies(), before.hitLatencies());
    long[] others = difference(now.otherLatencies(), before.otherLatencies());
    return new Point(
        nowMillis,
        all,
        sum(now.requests().getOrDefault("hit", Map.of())),
        statistics.originRequests(),
        quantile(hits, 0.5),
        quantile(hits, 0.99),
        quantile(others, 0.5),
        quantile(others, 0.99));
  }

  private static long sum(Map<String, Long> reasons) {
    return reasons.values().stream().mapToLong(Long::longValue).sum();
  }

  private static long[] difference(long[] now, long[] before) {
    long[] result = new long[now.length];
    Arrays.setAll(result, i -> now[i] - before[i]);
    return result;
  }

  private static double quantile(long[] counts, double share) {
    double seconds = LatencyHistogram.quantileSeconds(counts, share);
    return Double.isNaN(seconds) ? -1 : seconds;
  }
}
