package io.simplecache.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.simplecache.CachingProxy;
import io.simplecache.Purge;
import io.simplecache.proxy.Gate;
import io.simplecache.proxy.TestProxy;
import io.simplecache.store.ResponseStore;
import java.io.File;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * An origin and clients that do all they should not, little memory, and purges. While it lasts:
 * every complete body is right, and nothing cut off looks complete. After it: no connection, no
 * flight, no arriving byte is left, the store weighs what its parts weigh, no buffer leaked, and as
 * many descriptors are open as before.
 *
 * <p>The length and the seed are system properties; it goes on in rounds of at most 20 seconds:
 *
 * <pre>mvn -pl proxy-core -am test -Dtest=ChaosTest -Dsurefire.failIfNoSpecifiedTests=false \
 *   -Dtest.jvm.args="-Dchaos.seconds=600"</pre>
 */
class ChaosTest {
  private static final int CONNECTIONS = 96;
  private static final int MAX_ROUND_SECONDS = 20;
  private static final int PATIENCE_SECONDS = 30;
  private static final Duration SHORT = Duration.ofMillis(300);

  private final long seed = Long.getLong("chaos.seed", System.nanoTime());
  private final Bytes bytes = new Bytes();
  private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
  private long asked;
  private long right;

  @Test
  void everythingAtOnce_whatIsCompleteIsRight_nothingIsLeft() throws Exception {
    long secondsLeft = Long.getLong("chaos.seconds", 4);
    SplittableRandom random = new SplittableRandom(seed);
    round(1, random.split());
    // What is loaded and opened once, such as the selectors' pipes, is there now.
    int before = descriptors();
    while (secondsLeft > 0) {
      long seconds = Math.min(MAX_ROUND_SECONDS, secondsLeft);
      secondsLeft -= seconds;
      round(seconds, random.split());
    }
    Gate.awaitTrue("descriptors as before: " + before, () -> descriptors() <= before);
    assertEquals(EnumSet.allOf(Fault.class), faults, "the faults");
    assertTrue(right > asked / 10, () -> right + " whole answers to " + asked + " requests");
  }

  private static int descriptors() {
    String[] open = new File("/proc/self/fd").list();
    return open == null ? 0 : open.length;
  }

  private void round(long seconds, SplittableRandom random) throws Exception {
    MultiThreadIoEventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    BrokenOrigin origin = new BrokenOrigin(bytes, loops, random.split());
    CachingProxy.Builder settings =
        CachingProxy.builder()
            .origin("http://127.0.0.1:" + origin.port())
            .maxMemory(2 << 20)
            .maxStoredBody(100_000)
            .relayWindow(8192)
            .originHeadTimeout(SHORT)
            .originIdleTimeout(SHORT)
            .followerTimeout(SHORT)
            .unstorableMemory(SHORT)
            .clientWriteTimeout(Duration.ofSeconds(2))
            .clientBodyTimeout(Duration.ofSeconds(2));
    Mob mob = new Mob(bytes, CONNECTIONS);
    try (TestProxy proxy = new TestProxy(settings.build(), /* loopCount= */ 2)) {
      mob.start(loops, proxy.port(), random.split());
      Future<?> purges =
          loops.scheduleAtFixedRate(
              () -> proxy.proxy().purge(new Purge.All(false)), 100, 37, TimeUnit.MILLISECONDS);
      Thread.sleep(TimeUnit.SECONDS.toMillis(seconds));
      proxy.proxy().drain();
      String stuck = mob.stop(PATIENCE_SECONDS);
      purges.cancel(/* mayInterruptIfRunning= */ false);
      report(mob);
      assertEquals("", stuck, () -> "seed " + seed + ", stuck; " + proxy.statistics());
      Gate.awaitTrue(
          "no connection is left: " + proxy.statistics(),
          () -> proxy.statistics().connections() == 0);
      proxy.awaitSettled();
      checkWeight(proxy.proxy());
    } finally {
      origin.close();
      assertTrue(
          loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS),
          "the loops ended");
    }
    assertTrue(
        mob.defects().isEmpty(), () -> "seed " + seed + ":\n" + String.join("\n\n", mob.defects()));
    assertNull(origin.malformed(), "what the origin was sent");
    faults.addAll(origin.done());
    asked += mob.asked();
    right += mob.right();
  }

  private void report(Mob mob) {
    System.out.printf(
        Locale.ROOT,
        "%,d requests, %,d whole answers, %,d errors, %,d cut off; seed %d%n",
        mob.asked(),
        mob.right(),
        mob.refused(),
        mob.cutOff(),
        seed);
  }

  /** The store is nobody's business but the proxy's, but here its sum is to be proven. */
  private static void checkWeight(CachingProxy proxy) throws ReflectiveOperationException {
    Field field = CachingProxy.class.getDeclaredField("store");
    field.setAccessible(true);
    ResponseStore store = (ResponseStore) field.get(proxy);
    store.settle();
    assertEquals(store.countedWeightBytes(), store.weightBytes(), "weight of the store");
  }
}
