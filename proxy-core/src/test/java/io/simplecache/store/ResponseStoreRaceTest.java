package io.simplecache.store;

import static io.simplecache.store.StoredResponses.key;
import static io.simplecache.store.StoredResponses.language;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import io.simplecache.body.BodyReader;
import io.simplecache.body.MemoryBudget;
import io.simplecache.key.VariantKey;
import java.time.InstantSource;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ResponseStoreRaceTest {
  private static final int THREADS = 3;
  private static final int STEPS = 3_000;

  private final MemoryBudget budget = new MemoryBudget(4 << 20, /* directArenas= */ 2);
  private final ResponseStore store =
      new ResponseStore(budget, /* maxVariants= */ 2, InstantSource.system());

  /**
   * Several threads put, read, freshen and remove at random, with much more than fits. Forbidden
   * outcomes: an acquired response whose body is released, a body that is never released, a weight
   * that is not that of what is stored.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void store_usedByManyThreads_staysTrue(long seed) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> users = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(seed * 31 + i);
      users.add(threads.submit(() -> useAtRandom(random)));
    }
    for (Future<?> user : users) {
      user.get(30, TimeUnit.SECONDS);
    }
    threads.shutdown();
    store.settle();
    assertEquals(store.countedWeightBytes(), store.weightBytes());
    assertTrue(store.weightBytes() <= budget.storeShareBytes());
    store.close();
    assertEquals(0, budget.segmentBytes());
    assertEquals(0, budget.arrivingBytes());
  }

  private void useAtRandom(Random random) {
    EmbeddedChannel channel = new EmbeddedChannel();
    StoredResponses responses = new StoredResponses(budget, channel.eventLoop());
    for (int i = 0; i < STEPS; i++) {
      String target = "/" + random.nextInt(100);
      StoredResource found = store.find(key(target));
      if (found == null || random.nextInt(8) == 0) {
        VariantKey variant = random.nextInt(3) == 0 ? language("de") : VariantKey.NONE;
        store.put(responses.make(key(target), variant, random.nextInt(100_000)));
        continue;
      }
      StoredResponse response = found.responses().get(0);
      if (!response.acquire()) {
        continue;
      }
      switch (random.nextInt(12)) {
        case 0 -> store.remove(response);
        case 1 -> store.invalidate(key(target));
        case 2 -> freshen(response);
        default -> read(response, channel.eventLoop());
      }
      response.release();
    }
    channel.finishAndReleaseAll();
  }

  private void freshen(StoredResponse response) {
    StoredResponse freshened = response.with(response.variant(), response.head(), response.terms());
    assertTrue(freshened.acquire());
    store.replace(response, freshened);
  }

  private static void read(StoredResponse response, EventLoop loop) {
    BodyReader reader = response.newReader(loop);
    long length = 0;
    for (ByteBuf bytes = reader.read(50_000); bytes != null; bytes = reader.read(50_000)) {
      length += bytes.readableBytes();
      assertEquals(0, bytes.getByte(bytes.readerIndex()));
      bytes.release();
    }
    assertTrue(reader.atEnd());
    assertEquals(response.lengthBytes(), length);
    reader.close();
  }

  /** Forbidden outcome: what is put while the store closes stays in it for ever. */
  @Test
  void close_duringPut_leavesNothing() throws Exception {
    CountDownLatch weighing = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    EmbeddedChannel channel = new EmbeddedChannel();
    StoredResponse response =
        new StoredResponses(budget, channel.eventLoop())
            .make(key("/"), new VariantKey(new SlowList(weighing, closed), List.of()), 100);
    Thread putting = new Thread(() -> store.put(response));
    putting.start();
    weighing.await();
    Thread closing =
        new Thread(
            () -> {
              store.close();
              closed.countDown();
            });
    closing.start();
    // A close that waits for the put is as good as one that does not.
    while (closing.getState() == Thread.State.RUNNABLE) {
      Thread.onSpinWait();
    }
    closed.countDown();
    putting.join();
    closing.join();
    assertFalse(response.acquire());
    channel.finishAndReleaseAll();
  }

  /** Stops the one who asks for its size first, which is the weigher, until {@code goOn}. */
  private static final class SlowList extends AbstractList<String> {
    private final CountDownLatch asked;
    private final CountDownLatch goOn;

    SlowList(CountDownLatch asked, CountDownLatch goOn) {
      this.asked = asked;
      this.goOn = goOn;
    }

    @Override
    public String get(int index) {
      throw new IndexOutOfBoundsException(index);
    }

    @Override
    public int size() {
      asked.countDown();
      try {
        goOn.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return 0;
    }
  }
}
