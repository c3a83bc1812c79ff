package io.simplecache.benchmarks.compare;

import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Resident memory when idle and when 200,000 objects of 1 KiB are stored, files of the cache
 * included, for these lie in the page cache or in a file system of memory.
 */
final class MemoryScenario implements Scenario {
  private static final long OBJECTS = 200_000;
  private static final int CONNECTIONS = 64;
  private static final int SLICE_SECONDS = 1;
  private static final int SAMPLES = 500;
  private static final int IDLE_MILLIS = 3000;
  private static final int SETTLE_MILLIS = 500;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String title() {
    return "Memory, idle and with 200,000 objects of 1 KiB";
  }

  @Override
  public Measure headline() {
    return Measure.BYTES_PER_OBJECT;
  }

  @Override
  public boolean moreIsBetter() {
    return false;
  }

  @Override
  public boolean once() {
    return true;
  }

  @Override
  public Map<Measure, Double> measure(Stage stage, Contestant contestant, int round)
      throws IOException, InterruptedException, WrongAnswerException {
    try (Running target = stage.start(contestant, stage.settings().cpu())) {
      Thread.sleep(IDLE_MILLIS);
      long idle = bytes(target);
      long stored = 0;
      for (int slice = 0; stored < OBJECTS; slice++) {
        String prefix = "/demo/size/1k?n=memory-" + slice + "-";
        LoadResult load =
            stage.wrk(target, CONNECTIONS, SLICE_SECONDS, Call.of("/"), "unique", List.of(prefix));
        if (load.requests() == 0 || load.failed() > 0 || load.badStatus() > 0) {
          throw new WrongAnswerException(load.failed() + " failed");
        }
        checkStored(stage, target, prefix, load.requests());
        stored += load.requests();
      }
      Thread.sleep(IDLE_MILLIS);
      long full = bytes(target);
      Map<Measure, Double> figures = new EnumMap<>(Measure.class);
      figures.put(Measure.IDLE_MIB, idle / (double) (1 << 20));
      figures.put(Measure.FULL_MIB, full / (double) (1 << 20));
      figures.put(Measure.BYTES_PER_OBJECT, (full - idle) / (double) stored);
      return figures;
    }
  }

  /**
   * Asks for some of what was stored, spread evenly; the origin must not be asked. The last ones
   * may have been under way when the load ended, so they do not count.
   */
  private static void checkStored(Stage stage, Running target, String prefix, long count)
      throws IOException, InterruptedException, WrongAnswerException {
    // What was under way when the load ended reaches the origin yet.
    Thread.sleep(SETTLE_MILLIS);
    stage.origin().forget();
    long finished = Math.max(1, count - 2 * CONNECTIONS);
    for (long i = 0; i < SAMPLES; i++) {
      stage.answers().check(target.port(), Call.of(prefix + (1 + i * finished / SAMPLES)));
    }
    long asked = stage.origin().asked() - SAMPLES;
    if (asked > SAMPLES / 100) {
      throw new WrongAnswerException(asked + " of " + SAMPLES + " were not stored");
    }
  }

  private static long bytes(Running target) throws IOException {
    return target.residentBytes() + target.cacheFileBytes();
  }
}
