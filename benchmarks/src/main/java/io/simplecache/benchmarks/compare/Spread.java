package io.simplecache.benchmarks.compare;

import java.util.Arrays;

/** The middle of some values and how far they lie apart. */
record Spread(double median, double least, double most) {

  /** Returns that of at least one value. */
  static Spread of(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }
}
