package io.simplecache.server.metrics;

import io.netty.util.internal.PlatformDependent;
import io.simplecache.observe.ExchangeRecord;
import io.simplecache.observe.Result;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The targets that are asked for most, in bounded memory: the space-saving algorithm of Metwally,
 * Agrawal and El Abbadi (2005). There are {@value #CAPACITY} counters; a target without one takes
 * over the smallest, and its count, so that a count is never too small and at most the smallest too
 * large.
 *
 * <p>Event loops put a sample of their records into a bounded queue: all of them when it is quiet,
 * else one of a power of two, chosen so that some hundreds come in a second. Counts are multiplied
 * accordingly. They are halved every {@value #HALVE_SECONDS} seconds, so old ones fade.
 *
 * <p>Threads: {@link #offer} any; the others one, once a second.
 */
final class TopTargets {
  static final int CAPACITY = 256;
  private static final int HALVE_SECONDS = 300;
  private static final int QUEUE = 2048;
  private static final int WANTED_PER_SECOND = 512;
  private static final int MAX_CHARACTERS = 512;

  /**
   * A target and how often it was asked for.
   *
   * @param authority host and port
   * @param target path and query, cut off where it is very long
   * @param requests about so many, lately
   * @param hits of these, about so many were answered from the store
   */
  public record Top(String authority, String target, long requests, long hits) {}

  private static final class Counter {
    final String authority;
    final String target;
    long requests;
    long hits;

    Counter(String authority, String target, long requests) {
      this.authority = authority;
      this.target = target;
      this.requests = requests;
    }
  }

  private final Queue<ExchangeRecord> samples = PlatformDependent.newFixedMpscQueue(QUEUE);
  private final Map<String, Counter> counters = new HashMap<>(CAPACITY * 2);
  private volatile int mask;
  private int seconds;

  /** Takes a sample, or does not. */
  void offer(ExchangeRecord record) {
    int skip = mask;
    if (skip == 0 || (ThreadLocalRandom.current().nextInt() & skip) == 0) {
      samples.offer(record);
    }
  }

  /** Counts what came in the last second, of which there were {@code requests}. */
  void second(long requests) {
    int weight = mask + 1;
    for (ExchangeRecord record = samples.poll(); record != null; record = samples.poll()) {
      count(record, weight);
    }
    long stride = Math.max(1, requests / WANTED_PER_SECOND);
    mask = (int) Math.min(1 << 20, Long.highestOneBit(stride)) - 1;
    if (++seconds % HALVE_SECONDS == 0) {
      halve();
    }
  }

  private void count(ExchangeRecord record, int weight) {
    String target = cut(record.target());
    String key = record.authority() + target;
    Counter counter = counters.get(key);
    if (counter == null) {
      counter = new Counter(record.authority(), target, makeRoom());
      counters.put(key, counter);
    }
    counter.requests += weight;
    if (record.result() == Result.HIT) {
      counter.hits += weight;
    }
  }

  private static String cut(String target) {
    return target.length() <= MAX_CHARACTERS ? target : target.substring(0, MAX_CHARACTERS) + "…";
  }

  /** Returns the count that a new counter inherits. */
  private long makeRoom() {
    if (counters.size() < CAPACITY) {
      return 0;
    }
    Map.@Nullable Entry<String, Counter> smallest = null;
    for (Map.Entry<String, Counter> entry : counters.entrySet()) {
      if (smallest == null || entry.getValue().requests < smallest.getValue().requests) {
        smallest = entry;
      }
    }
    assert smallest != null;
    counters.remove(smallest.getKey());
    return smallest.getValue().requests;
  }

  private void halve() {
    counters
        .values()
        .removeIf(
            counter -> {
              counter.requests /= 2;
              counter.hits /= 2;
              return counter.requests == 0;
            });
  }

  /** Returns the most asked for, most first. */
  List<Top> most(int limit) {
    return counters.values().stream()
        .sorted(Comparator.comparingLong((Counter counter) -> counter.requests).reversed())
        .limit(limit)
        .map(c -> new Top(c.authority, c.target, c.requests, Math.min(c.hits, c.requests)))
        .toList();
  }
}
