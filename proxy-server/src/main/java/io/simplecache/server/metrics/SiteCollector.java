package io.simplecache.server.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.simplecache.observe.Result;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts requests by site and result, and gives that to Prometheus: seven series for a site, so
 * that many sites do not make too many. Any thread.
 */
@SuppressWarnings("EnumOrdinal") // the columns of an array, nothing that is kept or sent
final class SiteCollector implements Collector {
  private static final Result[] RESULTS = Result.values();

  private final Map<String, LongAdder[]> bySite = new ConcurrentHashMap<>();

  void count(String site, Result result) {
    LongAdder[] known = bySite.get(site);
    LongAdder[] counts = known != null ? known : bySite.computeIfAbsent(site, s -> zeros());
    counts[result.ordinal()].increment();
  }

  private static LongAdder[] zeros() {
    LongAdder[] zeros = new LongAdder[RESULTS.length];
    for (int i = 0; i < zeros.length; i++) {
      zeros[i] = new LongAdder();
    }
    return zeros;
  }

  @Override
  public MetricSnapshot collect() {
    CounterSnapshot.Builder requests =
        CounterSnapshot.builder()
            .name("simple_cache_site_requests")
            .help("Requests that are over, by the site that they were for and what they met.");
    bySite.forEach(
        (site, counts) -> {
          for (Result result : RESULTS) {
            requests.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(Labels.of("site", site, "result", ProxyMetrics.label(result)))
                    .value((double) counts[result.ordinal()].sum())
                    .build());
          }
        });
    return requests.build();
  }
}
