package io.simplecache.server.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.simplecache.origin.OriginStatistics;
import java.util.List;
import java.util.function.Supplier;

/**
 * Gives what is known of each origin to Prometheus, as the set of origins may change. Any thread.
 */
final class OriginCollector implements MultiCollector {
  private final Supplier<List<OriginStatistics>> origins;

  OriginCollector(Supplier<List<OriginStatistics>> origins) {
    this.origins = origins;
  }

  @Override
  public MetricSnapshots collect() {
    CounterSnapshot.Builder requests =
        counter("requests", "Requests sent to the origin: first ones, retries, health checks.");
    CounterSnapshot.Builder responses =
        counter("responses", "Responses that the origin began, by status.");
    CounterSnapshot.Builder failures = counter("failures", "What failed at the origin, by why.");
    GaugeSnapshot.Builder outstanding =
        gauge("outstanding", "Fetches that the origin has not answered to their end.");
    GaugeSnapshot.Builder queued = gauge("queued", "Fetches that wait for a place at the origin.");
    GaugeSnapshot.Builder state =
        gauge("state", "1 for the state of its breaker: closed is well, open is left alone.");
    for (OriginStatistics origin : origins.get()) {
      Labels which = Labels.of("origin", origin.origin());
      add(requests, which.add("kind", "request"), origin.requests());
      add(requests, which.add("kind", "retry"), origin.retries());
      add(requests, which.add("kind", "check"), origin.checks());
      origin
          .responses()
          .forEach((digit, count) -> add(responses, which.add("status", digit + "xx"), count));
      origin
          .failuresByKind()
          .forEach(
              (kind, count) ->
                  add(failures, which.add("failure", ProxyMetrics.label(kind)), count));
      add(outstanding, which, origin.outstanding());
      add(queued, which, origin.queued());
      for (OriginStatistics.State each : OriginStatistics.State.values()) {
        add(state, which.add("state", ProxyMetrics.label(each)), each == origin.state() ? 1 : 0);
      }
    }
    return MetricSnapshots.of(
        requests.build(),
        responses.build(),
        failures.build(),
        outstanding.build(),
        queued.build(),
        state.build());
  }

  private static CounterSnapshot.Builder counter(String name, String help) {
    return CounterSnapshot.builder().name("simple_cache_origin_" + name).help(help);
  }

  private static GaugeSnapshot.Builder gauge(String name, String help) {
    return GaugeSnapshot.builder().name("simple_cache_origin_" + name).help(help);
  }

  private static void add(CounterSnapshot.Builder counter, Labels labels, long count) {
    counter.dataPoint(
        CounterSnapshot.CounterDataPointSnapshot.builder()
            .labels(labels)
            .value((double) count)
            .build());
  }

  private static void add(GaugeSnapshot.Builder gauge, Labels labels, int value) {
    gauge.dataPoint(
        GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(labels).value(value).build());
  }
}
