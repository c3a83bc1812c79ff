package io.simplecache.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the operator gave, and who uses it: stored responses, bodies that are still
 * arriving, and the windows of relays. Bodies are outside of the heap, heads and keys on it: what
 * of the heap they may take is a limit of its own ({@link #weight}).
 *
 * <p>A share of the limit ({@link #ARRIVING_SHARE}) is set aside for what is arriving. When more
 * than that arrives at once the store gives way, in steps, until arriving bodies take half of the
 * limit; a response that would go beyond is relayed instead of stored. What relays keep for slow
 * clients counts as arriving; when all of them keep more than an eighth of the limit each may keep
 * only little more. So the sum does not exceed the limit, but for what a socket gives at once.
 *
 * <p>Bodies live in segments of an allocator of their own: pooled, direct, in chunks of 1 MiB and
 * without per-thread caches, so that what is released can be used by any other thread at once and
 * the resident memory after churn stays close to the sum of the sizes.
 *
 * <p>Threads: any.
 */
public final class MemoryBudget {
  /** The part of the limit that is kept free for arriving bodies: one eighth. */
  private static final int ARRIVING_SHARE = 8;

  /** How finely the store's share follows the arriving bytes, in bytes. */
  private static final long MAX_STEP_BYTES = 1 << 20;

  /** The step of a small limit is that part of it. */
  private static final int STEP_SHARE = 64;

  private static final int PAGE_BYTES = 8192;
  private static final int CHUNK_BYTES = 1 << 20;

  /** The part of the heap that heads, keys and bookkeeping may take. */
  private static final double HEAP_SHARE = 0.4;

  private final long limitBytes;
  private final double heapFactor;
  private final long setAsideBytes;
  private final long stepBytes;
  private final AtomicLong arrivingBytes = new AtomicLong();
  private final AtomicLong relayedBytes = new AtomicLong();
  private volatile long indexBytes;
  private final AtomicInteger adjustments = new AtomicInteger();
  private final PooledByteBufAllocator allocator;
  private volatile long storeShareBytes;
  private volatile LongConsumer onStoreShare = share -> {};

  /**
   * Creates a budget.
   *
   * @param limitBytes what all bodies, heads and keys may take together
   * @param directArenas the number of arenas that share the work of allocation
   */
  public MemoryBudget(long limitBytes, int directArenas) {
    this(limitBytes, heapShareBytes(), allocator(directArenas));
  }

  /**
   * Creates a budget.
   *
   * @param heapShareBytes what of that may be on the heap
   */
  public MemoryBudget(long limitBytes, long heapShareBytes, int directArenas) {
    this(limitBytes, heapShareBytes, allocator(directArenas));
  }

  MemoryBudget(long limitBytes, PooledByteBufAllocator allocator) {
    this(limitBytes, heapShareBytes(), allocator);
  }

  private MemoryBudget(long limitBytes, long heapShareBytes, PooledByteBufAllocator allocator) {
    this.limitBytes = limitBytes;
    this.setAsideBytes = limitBytes / ARRIVING_SHARE;
    this.stepBytes = Math.min(MAX_STEP_BYTES, limitBytes / STEP_SHARE);
    this.storeShareBytes = limitBytes - setAsideBytes;
    this.heapFactor = (double) storeShareBytes / heapShareBytes;
    this.allocator = allocator;
  }

  private static long heapShareBytes() {
    return (long) (Runtime.getRuntime().maxMemory() * HEAP_SHARE);
  }

  private static PooledByteBufAllocator allocator(int directArenas) {
    return new PooledByteBufAllocator(
        /* preferDirect= */ true,
        /* nHeapArena= */ 0,
        directArenas,
        PAGE_BYTES,
        Integer.numberOfTrailingZeros(CHUNK_BYTES / PAGE_BYTES),
        /* smallCacheSize= */ 0,
        /* normalCacheSize= */ 0,
        /* useCacheForAllThreads= */ false);
  }

  /** Names the one who is told, on the thread that caused it, when the store's share changes. */
  public void onStoreShare(LongConsumer listener) {
    onStoreShare = listener;
  }

  /**
   * Returns what the store counts for something that takes {@code bytes} in all, and {@code
   * heapBytes} of that on the heap: more than it takes where the heap is what is scarce, so that
   * the store outgrows neither. Without that, many small responses would fill the heap long before
   * they fill the memory.
   */
  public long weight(long bytes, long heapBytes) {
    return Math.max(bytes, (long) (heapBytes * heapFactor));
  }

  /** Returns what stored responses may take now, in bytes. */
  public long storeShareBytes() {
    return storeShareBytes;
  }

  /** Returns what arriving bodies take now, in bytes. */
  public long arrivingBytes() {
    return arrivingBytes.get();
  }

  /** Returns the memory that the allocator of bodies holds from the system, in bytes. */
  public long heldBytes() {
    return allocator.metric().usedDirectMemory();
  }

  /** Returns the memory that allocated segments take in the allocator, in bytes. */
  public long segmentBytes() {
    return allocator.pinnedDirectMemory();
  }

  /** Returns what relays keep for clients that have not taken it yet, in bytes. */
  public long relayedBytes() {
    return relayedBytes.get();
  }

  /**
   * Returns a buffer of at least {@code bytes}, as large as the memory that it takes, or null if
   * the system or {@code -XX:MaxDirectMemorySize} gives no more.
   */
  @Nullable ByteBuf allocate(int bytes) {
    try {
      ByteBuf buffer = allocator.directBuffer(bytes);
      return buffer.capacity(buffer.maxFastWritableBytes());
    } catch (OutOfMemoryError noDirectMemory) {
      return null;
    }
  }

  /** Counts what relays keep; negative for what they have got rid of. */
  void relay(int bytes) {
    relayedBytes.addAndGet(bytes);
    adjustStoreShare();
  }

  /** Returns whether relays keep more than is good. */
  boolean isShortOfWindows() {
    return relayedBytes.get() > setAsideBytes;
  }

  /** Sets {@code bytes} aside for a body that arrives; false if there is no room for it. */
  boolean reserve(long bytes) {
    if (arrivingBytes.addAndGet(bytes) > limitBytes / 2) {
      arrivingBytes.addAndGet(-bytes);
      return false;
    }
    adjustStoreShare();
    return true;
  }

  /** Gives back what {@link #reserve} set aside. */
  void unreserve(long bytes) {
    arrivingBytes.addAndGet(-bytes);
    adjustStoreShare();
  }

  /** Notes what the store's index takes that no stored response weighs, in bytes. */
  public void index(long bytes) {
    if (indexBytes != bytes) {
      indexBytes = bytes;
      adjustStoreShare();
    }
  }

  /** Returns what bodies, heads and keys may take together, in bytes. */
  public long limitBytes() {
    return limitBytes;
  }

  /**
   * Follows the arriving bytes. One thread at a time does that; who comes meanwhile leaves word,
   * and that thread looks once more, so that the share never stays that of an earlier moment.
   */
  private void adjustStoreShare() {
    // In this order: a share that is read while nobody adjusts it is the last one.
    if (adjustments.get() == 0 && storeShareBytes == wantedStoreShare()) {
      return;
    }
    if (adjustments.getAndIncrement() != 0) {
      return;
    }
    int done = 1;
    try {
      do {
        followWantedShare();
        done = adjustments.addAndGet(-done);
      } while (done != 0);
    } catch (RuntimeException | Error e) {
      // Whoever comes next tries again.
      adjustments.set(0);
      throw e;
    }
  }

  private void followWantedShare() {
    long share = wantedStoreShare();
    if (share != storeShareBytes) {
      onStoreShare.accept(share);
      storeShareBytes = share;
    }
  }

  private long wantedStoreShare() {
    long beyond =
        Math.max(0, arrivingBytes.get() + relayedBytes.get() - setAsideBytes) + indexBytes;
    long given = (beyond + stepBytes - 1) / stepBytes * stepBytes;
    return Math.max(0, limitBytes - setAsideBytes - given);
  }
}
