package io.simplecache.origin;

import io.netty.channel.EventLoop;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many fetches one origin has to answer at once, and who waits for a place, first come, first
 * served over all event loops. Nothing here locks. A place is given up by {@link #release}, once,
 * by whoever got it from {@link #tryAcquire} or was told so by its {@link Ticket}.
 */
final class FetchLimit {
  private final int maxFetches;
  private final int maxQueued;
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicInteger queued = new AtomicInteger();
  private final ConcurrentLinkedQueue<Ticket> queue = new ConcurrentLinkedQueue<>();

  FetchLimit(int maxFetches, int maxQueued) {
    this.maxFetches = maxFetches;
    this.maxQueued = maxQueued;
  }

  int outstanding() {
    return outstanding.get();
  }

  int queued() {
    return queued.get();
  }

  /** Takes a place if there is one for which nobody waits. */
  boolean tryAcquire() {
    return queued.get() == 0 && takePlace();
  }

  private boolean takePlace() {
    int taken = outstanding.get();
    while (taken < maxFetches) {
      if (outstanding.compareAndSet(taken, taken + 1)) {
        return true;
      }
      taken = outstanding.get();
    }
    return false;
  }

  /**
   * Waits for a place.
   *
   * @param granted run on {@code loop}, later, when there is one, which is the ticket's then
   * @return null if too many wait already
   */
  @Nullable Ticket enqueue(EventLoop loop, Runnable granted) {
    if (queued.incrementAndGet() > maxQueued) {
      queued.decrementAndGet();
      return null;
    }
    Ticket ticket = new Ticket(loop, granted);
    queue.add(ticket);
    // A place may have become free before the ticket was there to be seen.
    grant();
    return ticket;
  }

  void release() {
    outstanding.decrementAndGet();
    grant();
  }

  /**
   * Gives free places to who waits. Whoever frees a place, or begins to wait, looks afterwards: so
   * one of the two sees the other.
   */
  private void grant() {
    while (!queue.isEmpty() && takePlace()) {
      Ticket next = queue.poll();
      if (next == null || !next.settle()) {
        outstanding.decrementAndGet();
      } else {
        next.loop.execute(next.granted);
      }
    }
  }

  /** One who waits. */
  final class Ticket {
    private final EventLoop loop;
    private final Runnable granted;
    private final AtomicBoolean settled = new AtomicBoolean();

    private Ticket(EventLoop loop, Runnable granted) {
      this.loop = loop;
      this.granted = granted;
    }

    private boolean settle() {
      if (!settled.compareAndSet(false, true)) {
        return false;
      }
      queued.decrementAndGet();
      return true;
    }

    /** Waits no longer; false if a place has been granted, of which it will be told. */
    boolean cancel() {
      boolean waited = settle();
      if (waited) {
        queue.remove(this);
      }
      return waited;
    }
  }
}
