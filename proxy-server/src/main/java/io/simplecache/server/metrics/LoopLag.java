package io.simplecache.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import java.util.concurrent.TimeUnit;

/**
 * How late an event loop is: a task that is due every {@value #PERIOD_MILLIS} ms notes how much
 * later it ran. Something that blocks a loop shows here first. Thread: the loop's.
 */
final class LoopLag implements Runnable {
  private static final int PERIOD_MILLIS = 250;

  private final EventExecutor loop;
  private final Timer lag;
  private long dueNanos;

  private LoopLag(EventExecutor loop, Timer lag) {
    this.loop = loop;
    this.lag = lag;
    this.dueNanos = due();
  }

  /** Measures every loop of {@code loops}, until it ends. */
  static void watch(EventExecutorGroup loops, MeterRegistry registry) {
    int number = 0;
    for (EventExecutor loop : loops) {
      Timer lag =
          Timer.builder("simple.cache.event.loop.lag")
              .description("How much later than it was due a task ran.")
              .tags("loop", String.valueOf(number++))
              .register(registry);
      loop.scheduleWithFixedDelay(
          new LoopLag(loop, lag), PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private long due() {
    return loop.ticker().nanoTime() + TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
  }

  @Override
  public void run() {
    lag.record(Math.max(0, loop.ticker().nanoTime() - dueNanos), TimeUnit.NANOSECONDS);
    dueNanos = due();
  }
}
