package io.simplecache.server.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.simplecache.observe.Result;
import java.util.Map;

/** Gives the histograms to Prometheus, one for each result. Any thread. */
final class LatencyCollector implements MultiCollector {
  private static final String NAME = "simple_cache_request_duration_seconds";

  private final Map<Result, LatencyHistogram> histograms;

  LatencyCollector(Map<Result, LatencyHistogram> histograms) {
    this.histograms = histograms;
  }

  @Override
  public MetricSnapshots collect() {
    HistogramSnapshot.Builder all =
        HistogramSnapshot.builder()
            .name(NAME)
            .help("From the head of a request to the end of its response, by result.");
    double[] bounds = LatencyHistogram.boundsSeconds();
    histograms.forEach(
        (result, histogram) -> {
          ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
          long[] counts = histogram.counts();
          for (int i = 0; i < counts.length; i++) {
            buckets.bucket(bounds[i], counts[i]);
          }
          all.dataPoint(
              HistogramSnapshot.HistogramDataPointSnapshot.builder()
                  .labels(Labels.of("result", ProxyMetrics.label(result)))
                  .classicHistogramBuckets(buckets.build())
                  .sum(histogram.sumSeconds())
                  .build());
        });
    return MetricSnapshots.of(all.build());
  }
}
