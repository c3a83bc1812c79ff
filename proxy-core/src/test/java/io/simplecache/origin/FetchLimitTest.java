package io.simplecache.origin;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FetchLimitTest {
  private static final EventLoopGroup GROUP =
      new MultiThreadIoEventLoopGroup(/* nThreads= */ 2, NioIoHandler.newFactory());

  private final EventLoop loop = GROUP.next();
  private final List<String> granted = new ArrayList<>();

  @AfterAll
  static void stop() {
    GROUP.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private FetchLimit.Ticket enqueue(FetchLimit limit, String who) {
    return requireNonNull(limit.enqueue(loop, () -> granted.add(who)));
  }

  /** Returns who got a place, in order. */
  private List<String> granted() throws Exception {
    return loop.submit(() -> List.copyOf(granted)).get();
  }

  @Test
  void enqueue_full_isGrantedInTurn() throws Exception {
    FetchLimit limit = new FetchLimit(/* maxFetches= */ 1, /* maxQueued= */ 2);
    assertTrue(limit.tryAcquire());
    assertFalse(limit.tryAcquire());
    enqueue(limit, "first");
    enqueue(limit, "second");
    assertNull(limit.enqueue(loop, () -> granted.add("third")));
    assertEquals(List.of(), granted());
    assertEquals(2, limit.queued());
    limit.release();
    assertEquals(List.of("first"), granted());
    limit.release();
    assertEquals(List.of("first", "second"), granted());
    assertEquals(1, limit.outstanding());
    limit.release();
    assertEquals(0, limit.outstanding());
    assertTrue(limit.tryAcquire());
  }

  @Test
  void enqueue_placeBecameFreeMeanwhile_isGranted() throws Exception {
    FetchLimit limit = new FetchLimit(/* maxFetches= */ 1, /* maxQueued= */ 1);
    enqueue(limit, "first");
    assertEquals(List.of("first"), granted());
    assertEquals(1, limit.outstanding());
  }

  @Test
  void cancel_waiting_givesTheTurnToTheNext() throws Exception {
    FetchLimit limit = new FetchLimit(/* maxFetches= */ 1, /* maxQueued= */ 2);
    assertTrue(limit.tryAcquire());
    FetchLimit.Ticket first = enqueue(limit, "first");
    enqueue(limit, "second");
    assertTrue(first.cancel());
    assertFalse(first.cancel());
    assertEquals(1, limit.queued());
    limit.release();
    assertEquals(List.of("second"), granted());
  }

  @Test
  void cancel_granted_isTooLate() throws Exception {
    FetchLimit limit = new FetchLimit(/* maxFetches= */ 1, /* maxQueued= */ 1);
    FetchLimit.Ticket first = enqueue(limit, "first");
    assertFalse(first.cancel());
    assertEquals(1, limit.outstanding());
  }

  /** Whoever waits or cancels, no place is lost, none is given twice, nobody waits for ever. */
  @Test
  void places_manyThreads_areNeitherLostNorGivenTwice() throws Exception {
    int threads = 4;
    long rounds = 20_000;
    FetchLimit limit = new FetchLimit(/* maxFetches= */ 2, /* maxQueued= */ threads);
    AtomicInteger holders = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    LongAdder served = new LongAdder();
    CountDownLatch done = new CountDownLatch(threads);
    Runnable hold =
        () -> {
          most.accumulateAndGet(holders.incrementAndGet(), Math::max);
          served.increment();
          holders.decrementAndGet();
          limit.release();
        };
    LongAdder cancelled = new LongAdder();
    for (int t = 0; t < threads; t++) {
      EventLoop mine = GROUP.next();
      new Thread(
              () -> {
                for (long i = 0; i < rounds; i++) {
                  if (limit.tryAcquire()) {
                    hold.run();
                    continue;
                  }
                  CountDownLatch over = new CountDownLatch(1);
                  FetchLimit.Ticket ticket =
                      limit.enqueue(
                          mine,
                          () -> {
                            hold.run();
                            over.countDown();
                          });
                  if (ticket == null || (i % 3 == 0 && ticket.cancel())) {
                    cancelled.increment();
                    continue;
                  }
                  awaitUninterrupted(over);
                }
                done.countDown();
              },
              "client " + t)
          .start();
    }
    assertTrue(done.await(20, TimeUnit.SECONDS), "somebody waits for ever");
    assertTrue(most.get() <= 2, "at once: " + most);
    assertEquals(0, limit.outstanding());
    assertEquals(0, limit.queued());
    assertEquals(threads * rounds, served.sum() + cancelled.sum());
  }

  private static void awaitUninterrupted(CountDownLatch over) {
    try {
      over.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
