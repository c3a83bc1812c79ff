package io.simplecache.users;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.simplecache.CachingProxy;
import io.simplecache.policy.CacheRules;
import io.simplecache.proxy.TestProxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * All users at once, most of them at the same few resources, in front of an origin that says at
 * random for everybody or for one. The invariant: no client ever sees another's secret, in a body
 * or in a field, and none sees a body of another key.
 *
 * <p>The length and the seed are system properties:
 *
 * <pre>mvn -pl proxy-core -am test -Dtest=UsersTest -Dsurefire.failIfNoSpecifiedTests=false \
 *   -Dtest.jvm.args="-Dusers.exchanges=5000000 -Dio.netty.leakDetection.level=simple"</pre>
 */
class UsersTest {
  private static final int CONNECTIONS = 64;
  private static final int PATIENCE_SECONDS = 20;
  private static final Instant START = Instant.parse("2024-05-17T08:30:00Z");

  private final long seed = Long.getLong("users.seed", System.nanoTime());
  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

  @Test
  void manyUsers_everyKindOfAnswer_nobodySeesAnothersSecret() throws Exception {
    Crowd crowd = run(Long.getLong("users.exchanges", 8_000), CacheRules.DEFAULTS);
    assertTrue(
        crowd.defects().isEmpty(),
        () -> "seed " + seed + ":\n" + String.join("\n\n", crowd.defects()));
    // What was to be shown has happened.
    long exchanges = crowd.exchanges();
    assertTrue(crowd.hits() > exchanges / 10, "hits: " + crowd.hits());
    assertTrue(crowd.collapsed() > exchanges / 1000, "collapsed: " + crowd.collapsed());
    assertTrue(crowd.personal() > exchanges / 20, "personal: " + crowd.personal());
    assertTrue(crowd.unanswered() < exchanges / 20, "unanswered: " + crowd.unanswered());
  }

  /** The same against a setting that gives one user's cookie to all: it would have been seen. */
  @Test
  void manyUsers_cookiesAreStored_aSecretIsSeen() throws Exception {
    Crowd crowd = run(2_000, CacheRules.builder().storeSetCookie(true).build());
    assertFalse(crowd.defects().isEmpty(), "seed " + seed);
  }

  private Crowd run(long exchanges, CacheRules rules) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    People people = new People(random.split());
    AtomicLong clockMillis = new AtomicLong(START.toEpochMilli());
    InstantSource clock = () -> Instant.ofEpochMilli(clockMillis.get());
    MoodyOrigin origin = new MoodyOrigin(people, clock, loops, random.split());
    CachingProxy.Builder settings =
        CachingProxy.builder()
            .origin("http://127.0.0.1:" + origin.port())
            .clock(clock)
            .rules(rules)
            .maxMemory(8 << 20)
            .maxStoredBody(20_000)
            .relayWindow(8192)
            // So short that most keys forget it before they are asked again: they gather followers.
            .unstorableMemory(Duration.ofMillis(5));
    Crowd crowd = new Crowd(people, exchanges, CONNECTIONS, clockMillis);
    try (TestProxy proxy = new TestProxy(settings.build(), /* loopCount= */ 2)) {
      long start = System.nanoTime();
      String stuck = crowd.run(loops, proxy.port(), random.split(), PATIENCE_SECONDS);
      double seconds = (System.nanoTime() - start) / 1e9;
      assertEquals("", stuck, () -> "seed " + seed + ": no answers; " + proxy.statistics());
      proxy.awaitSettled();
      System.out.printf(
          Locale.ROOT,
          "%,d exchanges in %.1f s (%,.0f/s), %,d hits, %,d collapsed, %,d personal, %,d"
              + " unanswered, %,d 304 of the origin; seed %d%n",
          crowd.exchanges(),
          seconds,
          crowd.exchanges() / seconds,
          crowd.hits(),
          crowd.collapsed(),
          crowd.personal(),
          crowd.unanswered(),
          origin.notModified(),
          seed);
    } finally {
      origin.close();
      assertTrue(
          loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).await(10, TimeUnit.SECONDS),
          "the loops ended");
    }
    assertEquals(EnumSet.allOf(Kind.class), origin.given(), "the kinds of answers");
    return crowd;
  }
}
