package io.simplecache.transport;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One moment by which something must have happened, that moves often and is seldom reached. There
 * is one timer at a time, and it is not touched when the deadline moves away: when it goes off too
 * early it is set again for the rest. Thread: the executor's; time is the executor's own.
 */
public final class Deadline {
  private final EventExecutor executor;
  private final Runnable onReached;
  private boolean set;
  private long deadlineNanos;
  private long timerNanos;
  private @Nullable ScheduledFuture<?> timer;

  /**
   * Creates a deadline that is not set.
   *
   * @param onReached run when it is reached; it is not set any more then
   */
  public Deadline(EventExecutor executor, Runnable onReached) {
    this.executor = executor;
    this.onReached = onReached;
  }

  /** Sets the deadline, or moves it, to {@code nanos} from now. */
  public void set(long nanos) {
    set = true;
    deadlineNanos = executor.ticker().nanoTime() + nanos;
    if (timer != null && timerNanos - deadlineNanos > 0) {
      timer.cancel(/* mayInterruptIfRunning= */ false);
      timer = null;
    }
    if (timer == null) {
      schedule(nanos);
    }
  }

  /** There is no deadline now; a timer that runs stays for the next one. */
  public void clear() {
    set = false;
  }

  /** There will be no deadline any more. */
  public void cancel() {
    set = false;
    if (timer != null) {
      timer.cancel(/* mayInterruptIfRunning= */ false);
      timer = null;
    }
  }

  private void schedule(long nanos) {
    timerNanos = executor.ticker().nanoTime() + nanos;
    timer = executor.schedule(this::onTimer, nanos, TimeUnit.NANOSECONDS);
  }

  private void onTimer() {
    timer = null;
    if (!set) {
      return;
    }
    long left = deadlineNanos - executor.ticker().nanoTime();
    if (left > 0) {
      schedule(left);
      return;
    }
    set = false;
    onReached.run();
  }
}
