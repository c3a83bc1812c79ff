package io.simplecache.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
  private final LatencyHistogram histogram = new LatencyHistogram();

  private double quantile(double share) {
    return LatencyHistogram.quantileSeconds(histogram.counts(), share);
  }

  @Test
  void bounds_areInclusive() {
    histogram.record(TimeUnit.MICROSECONDS.toNanos(10));
    histogram.record(TimeUnit.MICROSECONDS.toNanos(10) + 1);
    histogram.record(0);
    histogram.record(TimeUnit.HOURS.toNanos(1));

    long[] counts = histogram.counts();

    assertEquals(2, counts[0]);
    assertEquals(1, counts[1]);
    assertEquals(1, counts[counts.length - 1]);
    assertEquals(counts.length, LatencyHistogram.boundsSeconds().length);
  }

  @Test
  void quantiles_lieInTheirBucket() {
    for (int i = 0; i < 99; i++) {
      histogram.record(TimeUnit.MICROSECONDS.toNanos(60));
    }
    histogram.record(TimeUnit.MILLISECONDS.toNanos(3));

    assertTrue(quantile(0.5) > 50e-6 && quantile(0.5) <= 100e-6);
    assertTrue(quantile(0.999) > 2.5e-3 && quantile(0.999) <= 5e-3);
    assertEquals(100e-6, quantile(0.99), 1e-9);
  }

  @Test
  void quantile_ofNothing_isNone() {
    assertTrue(Double.isNaN(quantile(0.5)));
  }
}
