package io.simplecache.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The resources of a load: how large each is, what it contains, and how often it is asked for. All
 * of it follows from the key and a seed, so whoever asks can check every byte of what he gets.
 */
final class Catalogue {
  private static final double ZIPF_EXPONENT = 0.9;

  private final int[] sizes;
  private final double[] cumulative;

  /** Makes {@code keys} resources of 1 byte to 4 MiB: most are small, few are large. */
  Catalogue(int keys, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    sizes = new int[keys];
    cumulative = new double[keys];
    double sum = 0;
    for (int i = 0; i < keys; i++) {
      sizes[i] = drawSize(random);
      sum += 1 / Math.pow(i + 1, ZIPF_EXPONENT);
      cumulative[i] = sum;
    }
    sizes[0] = 1;
    sizes[keys / 2] = 4 << 20;
  }

  private static int drawSize(SplittableRandom random) {
    double kind = random.nextDouble();
    if (kind < 0.7) {
      return logUniform(random, 1, 8 << 10);
    }
    return kind < 0.995
        ? logUniform(random, 8 << 10, 128 << 10)
        : logUniform(random, 128 << 10, 4 << 20);
  }

  private static int logUniform(SplittableRandom random, int low, int high) {
    return (int) Math.exp(Math.log(low) + random.nextDouble() * (Math.log(high) - Math.log(low)));
  }

  /** Draws a key, the popular ones more often. */
  int draw(SplittableRandom random) {
    double wanted = random.nextDouble() * cumulative[cumulative.length - 1];
    int found = Arrays.binarySearch(cumulative, wanted);
    // Popularity and key have nothing to do with each other's order.
    return found < 0 ? -found - 1 : found;
  }

  int size(int key) {
    return sizes[key];
  }

  long totalBytes() {
    return Arrays.stream(sizes).asLongStream().sum();
  }

  /** Fills {@code bytes} with what a resource contains from {@code offset} on. */
  static void fill(byte[] bytes, int length, int key, int offset) {
    for (int i = 0; i < length; i++) {
      int at = offset + i;
      bytes[i] = (byte) (key * 31 + at * 7 + (at >>> 8));
    }
  }
}
