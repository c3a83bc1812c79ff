package io.simplecache.benchmarks.parts;

import static java.util.Objects.requireNonNull;

import io.netty.channel.embedded.EmbeddedChannel;
import io.simplecache.body.MemoryBudget;
import io.simplecache.key.CacheKey;
import io.simplecache.store.ResponseStore;
import io.simplecache.store.StoredResponse;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Look-up, acquire and release by 1 to 16 threads, over 10,000 keys and all on one. More in a
 * second with more threads, up to the number of cores, is what is wanted.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class StoreBenchmark {
  private static final int KEYS = 1 << 14;

  private final CacheKey[] keys = new CacheKey[KEYS];
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final MemoryBudget budget = new MemoryBudget(256L << 20, /* directArenas= */ 2);
  private final ResponseStore store =
      new ResponseStore(budget, /* maxVariants= */ 32, InstantSource.system());

  /** Where a thread is in the keys. */
  @State(Scope.Thread)
  public static class Position {
    private final SplittableRandom random = new SplittableRandom(42);

    int next() {
      return random.nextInt(KEYS);
    }
  }

  /** Fills the store. */
  @Setup
  public void fill() {
    for (int i = 0; i < KEYS; i++) {
      keys[i] = new CacheKey("http", Sample.AUTHORITY, "/articles/" + i);
      store.put(Sample.stored(keys[i], budget, channel.eventLoop()));
    }
  }

  /** Empties the store. */
  @TearDown
  public void empty() {
    store.close();
    channel.finishAndReleaseAll();
  }

  private StoredResponse use(CacheKey key) {
    StoredResponse stored = requireNonNull(store.find(key)).responses().get(0);
    if (stored.acquire()) {
      stored.release();
    }
    return stored;
  }

  @Benchmark
  @Threads(1)
  public StoredResponse manyKeys01(Position at) {
    return use(keys[at.next()]);
  }

  @Benchmark
  @Threads(2)
  public StoredResponse manyKeys02(Position at) {
    return use(keys[at.next()]);
  }

  @Benchmark
  @Threads(4)
  public StoredResponse manyKeys04(Position at) {
    return use(keys[at.next()]);
  }

  @Benchmark
  @Threads(8)
  public StoredResponse manyKeys08(Position at) {
    return use(keys[at.next()]);
  }

  @Benchmark
  @Threads(16)
  public StoredResponse manyKeys16(Position at) {
    return use(keys[at.next()]);
  }

  @Benchmark
  @Threads(1)
  public StoredResponse oneKey01() {
    return use(keys[0]);
  }

  @Benchmark
  @Threads(2)
  public StoredResponse oneKey02() {
    return use(keys[0]);
  }

  @Benchmark
  @Threads(4)
  public StoredResponse oneKey04() {
    return use(keys[0]);
  }

  @Benchmark
  @Threads(8)
  public StoredResponse oneKey08() {
    return use(keys[0]);
  }

  @Benchmark
  @Threads(16)
  public StoredResponse oneKey16() {
    return use(keys[0]);
  }
}
