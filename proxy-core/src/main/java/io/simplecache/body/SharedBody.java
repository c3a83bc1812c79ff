package io.simplecache.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * An append-only sequence of bytes with one writer and any number of readers.
 *
 * <h2>Retaining and passing on</h2>
 *
 * A body that <i>retains</i> keeps all of its bytes, copied into segments of the {@link
 * MemoryBudget}, until its last reference is released; no reader limits the writer or another
 * reader. A body that <i>passes on</i> keeps only what its slowest reader has not read yet and asks
 * the writer to pause when that is more than a window. A body may change from the first to the
 * second in mid-stream ({@link #stopRetaining}), never back.
 *
 * <h2>Threads</h2>
 *
 * The writer is one event loop: every method is called there unless it says otherwise. A reader
 * works on its own event loop. What passes between them is {@code available} and {@code state},
 * both volatile: all that the writer wrote before it set them, readers see after they read them. A
 * complete body never changes again, and whoever holds a reference makes readers of it on any
 * thread.
 *
 * <h2>Ownership</h2>
 *
 * Retained segments go with the body's last reference ({@link #tryRetain}, {@link #release}). The
 * creator holds the first one until {@link #stopRetaining}; each reader holds one until it has
 * moved past what is retained. A segment that is passed on carries one reference of its buffer for
 * each reader there was when it was appended; a reader releases its own as it moves past, and those
 * that it never reached when it is closed.
 */
public final class SharedBody {
  private static final AtomicIntegerFieldUpdater<SharedBody> REFERENCES =
      AtomicIntegerFieldUpdater.newUpdater(SharedBody.class, "references");

  private static final AtomicIntegerFieldUpdater<Segment> READERS_LEFT =
      AtomicIntegerFieldUpdater.newUpdater(Segment.class, "readersLeft");

  private static final AtomicIntegerFieldUpdater<Growth> PIECES =
      AtomicIntegerFieldUpdater.newUpdater(Growth.class, "pieces");

  private static final int RETAINED = -1;

  /** What a piece that is passed on takes beside its bytes: the objects of it and its buffer. */
  static final int PIECE_BYTES = 128;

  /** So many pieces fit into every window. */
  static final int FEW_PIECES = 16;

  /** The largest retained segment. */
  static final int SEGMENT_BYTES = 64 * 1024;

  private static final int SMALL_WINDOW_BYTES = 8 * 1024;

  /** How far a body ran. */
  public enum State {
    GROWING,
    COMPLETE,
    /** Its end never came: readers are cut off. */
    FAILED
  }

  /** What the writer is told, on its loop. */
  public interface Writer {
    /** After {@link #pause}: it may go on. */
    void onDrained();

    /** The last reader of a growing body left. */
    void onAbandoned();
  }

  /**
   * A run of bytes, from where the segment before it ends. Its plain fields are published by {@link
   * SharedBody#available}.
   */
  static final class Segment {
    final ByteBuf bytes;

    /** Where the index 0 of {@link #bytes} would be, which may lie before the run. */
    final long start;

    long end;
    @Nullable Segment next;

    /** How many readers have not moved past it, or {@link #RETAINED}. */
    private volatile int readersLeft;

    Segment(ByteBuf bytes, long start, long end, int readersLeft) {
      this.bytes = bytes;
      this.start = start;
      this.end = end;
      this.readersLeft = readersLeft;
    }

    boolean isPassedOn() {
      return readersLeft != RETAINED;
    }

    int lengthBytes() {
      return (int) (end - start) - bytes.readerIndex();
    }
  }

  /** What only a growing body has: stored ones are many, and must not keep what brought them. */
  private static final class Growth {
    final EventLoop loop;
    final Writer writer;
    final long expectedBytes;
    final int windowBytes;
    final List<BodyReader> readers = new ArrayList<>(1);
    Segment last;
    volatile boolean paused;

    /** That are passed on and that some reader has not moved past: they may be of a byte each. */
    private volatile int pieces;

    Growth(EventLoop loop, Writer writer, long expectedBytes, int windowBytes, Segment last) {
      this.loop = loop;
      this.writer = writer;
      this.expectedBytes = expectedBytes;
      this.windowBytes = windowBytes;
      this.last = last;
    }

    void run(Runnable task) {
      if (loop.inEventLoop()) {
        task.run();
      } else {
        loop.execute(task);
      }
    }
  }

  private final MemoryBudget budget;

  /** Null when the body has ended and its readers know. */
  private volatile @Nullable Growth growth;

  /** While the body grows and somebody may start, an empty one before all others. */
  private @Nullable Segment first;

  /** All of a complete body, in the place of its one segment: most stored bodies are small. */
  private @Nullable ByteBuf whole;

  private boolean retaining;

  /** The budget counts what is retained as arriving. */
  private boolean reserved;

  private long retainedBytes;
  private volatile long available;
  private volatile State state = State.GROWING;
  private volatile int references;

  private SharedBody(
      MemoryBudget budget,
      boolean retaining,
      long expectedBytes,
      int windowBytes,
      EventLoop writerLoop,
      Writer writer) {
    this.budget = budget;
    this.retaining = retaining;
    this.references = retaining ? 1 : 0;
    Segment empty = new Segment(Unpooled.EMPTY_BUFFER, 0, 0, RETAINED);
    this.first = empty;
    this.growth = new Growth(writerLoop, writer, expectedBytes, windowBytes, empty);
  }

  /**
   * Returns a body that retains its bytes; the caller holds its first reference.
   *
   * @param expectedBytes its length where it is known, else -1
   * @param windowBytes the window, should it have to stop retaining
   * @param writer told what readers do
   */
  public static SharedBody retaining(
      MemoryBudget budget,
      long expectedBytes,
      int windowBytes,
      EventLoop writerLoop,
      Writer writer) {
    return new SharedBody(
        budget, /* retaining= */ true, expectedBytes, windowBytes, writerLoop, writer);
  }

  /** Returns a body that passes its bytes on; nobody holds a reference of it. */
  public static SharedBody passingOn(
      MemoryBudget budget, int windowBytes, EventLoop writerLoop, Writer writer) {
    return new SharedBody(
        budget, /* retaining= */ false, /* expectedBytes= */ -1, windowBytes, writerLoop, writer);
  }

  /**
   * Appends bytes; takes them if it returns true. Readers learn of them by {@link #signal}.
   *
   * @return false if memory is short: the caller still owns what is left of the bytes, and may
   *     {@link #stopRetaining} and append that
   */
  public boolean append(ByteBuf bytes) {
    assert state == State.GROWING && growth().loop.inEventLoop();
    if (!bytes.isReadable()) {
      bytes.release();
      return true;
    }
    if (retaining) {
      return copyIn(bytes);
    }
    passOn(bytes);
    return true;
  }

  private Growth growth() {
    Growth now = growth;
    assert now != null;
    return now;
  }

  private boolean copyIn(ByteBuf bytes) {
    while (bytes.isReadable()) {
      if (growth().last.end == available && !addSegment(bytes.readableBytes())) {
        return false;
      }
      Segment last = growth().last;
      int at = (int) (available - last.start);
      int length = (int) Math.min(bytes.readableBytes(), last.end - available);
      bytes.readBytes(last.bytes.setIndex(0, at), length);
      // Published only now: a reader never looks beyond what is available.
      publish(length);
    }
    bytes.release();
    return true;
  }

  /**
   * Appends some of another body, which is complete and retained: by reference where this one
   * retains, too. The caller holds a reference of it.
   *
   * @param from position of the first byte in {@code source}
   * @param to position behind the last
   * @return false if memory is short: nothing was appended, and the caller may {@link
   *     #stopRetaining} and try again
   */
  public boolean append(SharedBody source, long from, long to) {
    assert state == State.GROWING && growth().loop.inEventLoop();
    assert source.state == State.COMPLETE;
    if (retaining && !reserveShared(source, from, to)) {
      return false;
    }
    long begin = 0;
    for (Segment s = source.firstSegment(); s != null; s = s.next) {
      long start = Math.max(from, begin);
      long end = Math.min(to, Math.min(s.end, source.available));
      if (start < end) {
        appendShared(s, start, end);
      }
      begin = s.end;
    }
    return true;
  }

  /** The memory counts for each body that has it: rather twice than not at all. */
  private boolean reserveShared(SharedBody source, long from, long to) {
    long memory = 0;
    long begin = 0;
    for (Segment s = source.firstSegment(); s != null; s = s.next) {
      if (Math.max(from, begin) < Math.min(to, s.end)) {
        memory += s.bytes.capacity();
      }
      begin = s.end;
    }
    return reserve(memory);
  }

  private void appendShared(Segment shared, long start, long end) {
    int index = (int) (start - shared.start);
    int length = (int) (end - start);
    if (!retaining) {
      passOn(shared.bytes.retainedSlice(index, length));
      return;
    }
    // What is appended later does not go into memory that others have.
    growth().last.end = available;
    link(new Segment(shared.bytes.retain(), available - index, available + length, RETAINED));
    publish(length);
  }

  /** What is counted is what the allocator takes, which is more than what was asked for. */
  private boolean addSegment(int arrived) {
    ByteBuf memory = budget.allocate(segmentSize(available, arrived));
    if (memory == null) {
      return false;
    }
    if (!reserve(memory.capacity())) {
      memory.release();
      return false;
    }
    link(new Segment(memory, available, available + memory.capacity(), RETAINED));
    return true;
  }

  private boolean reserve(long memory) {
    if (!budget.reserve(memory)) {
      return false;
    }
    reserved = true;
    retainedBytes += memory;
    return true;
  }

  /** Exact where the length is known; else what came, or as much again as there is already. */
  private int segmentSize(long at, long arrived) {
    long expected = growth().expectedBytes;
    long wanted = expected > at ? expected - at : Math.max(arrived, at);
    return (int) Math.min(SEGMENT_BYTES, wanted);
  }

  private void passOn(ByteBuf bytes) {
    List<BodyReader> readers = growth().readers;
    if (readers.isEmpty()) {
      bytes.release();
      return;
    }
    // One reference came with the buffer; each further reader needs one of its own.
    if (readers.size() > 1) {
      bytes.retain(readers.size() - 1);
    }
    int length = bytes.readableBytes();
    budget.relay(length + PIECE_BYTES);
    PIECES.incrementAndGet(growth());
    long start = available - bytes.readerIndex();
    link(new Segment(bytes, start, available + length, readers.size()));
    publish(length);
  }

  /** Releases a reader's reference of a segment that is passed on. Any thread. */
  void passed(Segment segment) {
    int length = segment.lengthBytes();
    segment.bytes.release();
    if (READERS_LEFT.decrementAndGet(segment) == 0) {
      budget.relay(-length - PIECE_BYTES);
      Growth growing = growth;
      if (growing != null) {
        PIECES.decrementAndGet(growing);
      }
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // There is one writer.
  private void publish(int length) {
    available += length;
  }

  private void link(Segment segment) {
    Growth growing = growth();
    growing.last.next = segment;
    growing.last = segment;
    if (references == 0) {
      // Nobody starts before it, so that what all readers have passed need not be kept.
      first = segment;
    }
  }

  /**
   * From here on the body passes on: what was retained stays for those who still read it. Releases
   * the creator's reference. Nobody can join any more.
   */
  public void stopRetaining() {
    assert retaining && growth().loop.inEventLoop();
    retaining = false;
    growth().last.end = available;
    release();
  }

  /** Returns whether all bytes are kept: then the creator still holds its reference. */
  public boolean isRetaining() {
    return retaining;
  }

  /**
   * Ends the body well. Readers learn of it by {@link #signal}, so that it can be stored before.
   */
  public void complete() {
    assert state == State.GROWING && growth().loop.inEventLoop();
    Segment begin = firstSegment();
    Segment next = begin.next;
    if (begin.end == 0 && next != null) {
      begin = next;
    }
    boolean single = retaining && begin.next == null && begin.start == 0;
    whole = single ? begin.bytes : null;
    first = single ? null : begin;
    state = State.COMPLETE;
  }

  private Segment firstSegment() {
    Segment begin = first;
    if (begin == null) {
      assert whole != null;
      begin = new Segment(whole, 0, available, RETAINED);
    }
    return begin;
  }

  /** Ends the body badly. */
  public void fail() {
    assert state == State.GROWING && growth().loop.inEventLoop();
    state = State.FAILED;
  }

  /** Wakes the readers; for the last time if the body has ended. */
  public void signal() {
    Growth growing = growth;
    if (growing == null) {
      return;
    }
    List<BodyReader> readers = growing.readers;
    // By index: a reader that runs at once may leave.
    for (int i = readers.size() - 1; i >= 0; i--) {
      if (i < readers.size()) {
        readers.get(i).wake();
      }
    }
    if (state != State.GROWING) {
      growth = null;
    }
  }

  /** Returns whether the writer must stop until it is told to go on. */
  public boolean pause() {
    Growth growing = growth();
    assert growing.loop.inEventLoop();
    if (retaining || growing.readers.isEmpty() || fits(growing, unread(growing), /* share= */ 1)) {
      return false;
    }
    growing.paused = true;
    // A reader may have moved on before it could see that we paused.
    if (fits(growing, unread(growing), /* share= */ 2)) {
      growing.paused = false;
      return false;
    }
    return true;
  }

  /** Returns whether so much that is not read fits into a share of the window: half of it for 2. */
  private boolean fits(Growth growing, long unreadBytes, int share) {
    int bytes = window(growing) / share;
    return unreadBytes <= bytes && growing.pieces <= bytes / PIECE_BYTES + FEW_PIECES;
  }

  /** Small where the windows of all relays take too much together. */
  private int window(Growth growing) {
    int most = growing.windowBytes;
    return budget.isShortOfWindows() ? Math.min(SMALL_WINDOW_BYTES, most) : most;
  }

  private long unread(Growth growing) {
    long slowest = available;
    for (BodyReader reader : growing.readers) {
      slowest = Math.min(slowest, reader.publishedPosition());
    }
    return available - slowest;
  }

  /** Called by readers, on their loops, when they have moved on. */
  void moved(long position) {
    Growth growing = growth;
    if (growing != null && growing.paused && fits(growing, available - position, /* share= */ 2)) {
      growing.run(() -> resume(growing));
    }
  }

  private void resume(Growth growing) {
    boolean ended = growth == null;
    if (!ended && growing.paused && fits(growing, unread(growing), /* share= */ 2)) {
      growing.paused = false;
      growing.writer.onDrained();
    }
  }

  /**
   * Returns a reader that starts at the first byte. Of a growing body: on the writer's loop only,
   * and before the first byte unless the body is retaining. Of a complete one: on any thread by
   * whoever holds a reference.
   *
   * @param loop the reader's loop
   * @param onMore run there when there is more to read, or the end
   */
  public BodyReader newReader(EventLoop loop, Runnable onMore) {
    boolean growing = state == State.GROWING;
    boolean holdsReference = retaining && tryRetain();
    BodyReader reader = new BodyReader(this, firstSegment(), growing, holdsReference, loop, onMore);
    if (growing) {
      assert growth().loop.inEventLoop();
      growth().readers.add(reader);
    }
    return reader;
  }

  /**
   * Returns all bytes of a complete body, retained, or null if they are not in one piece. Any
   * thread, by whoever holds a reference.
   */
  public @Nullable ByteBuf whole() {
    return whole == null ? null : whole.retainedSlice(0, (int) available);
  }

  /** Takes a reader off the list, on any thread, then has it release what it never reached. */
  void leave(BodyReader reader) {
    Growth growing = growth;
    if (growing == null || state != State.GROWING) {
      reader.releaseUnreached();
      return;
    }
    growing.run(
        () -> {
          growing.readers.remove(reader);
          reader.releaseUnreached();
          if (growing.readers.isEmpty() && state == State.GROWING) {
            growing.writer.onAbandoned();
          } else if (growing.paused) {
            resume(growing);
          }
        });
  }

  /** Returns the number of readers that follow a growing body. */
  public int readers() {
    Growth growing = growth;
    return growing == null ? 0 : growing.readers.size();
  }

  /** Adds a reference unless the last one is gone. Any thread. */
  public boolean tryRetain() {
    for (int now = references; now > 0; now = references) {
      if (REFERENCES.compareAndSet(this, now, now + 1)) {
        return true;
      }
    }
    return false;
  }

  /** Releases a reference; with the last one all that is retained. Any thread. */
  public void release() {
    // In this order: without references the writer forgets where they began.
    Segment released = first;
    int left = REFERENCES.decrementAndGet(this);
    assert left >= 0;
    if (left > 0) {
      return;
    }
    // In this order: only the last one is sure to see what the writer made of them when it ended.
    ByteBuf releasedWhole = whole;
    if (releasedWhole != null) {
      releasedWhole.release();
    } else {
      for (Segment s = released; s != null && !s.isPassedOn(); s = s.next) {
        s.bytes.release();
      }
    }
    settle();
  }

  /** From here on the store counts the memory of this complete body; it is no longer arriving. */
  public void settle() {
    if (reserved) {
      reserved = false;
      budget.unreserve(retainedBytes);
    }
  }

  /** Returns how far the body ran. Any thread. */
  public State state() {
    return state;
  }

  /** Returns how many bytes there are. Any thread. */
  public long availableBytes() {
    return available;
  }

  /** Returns the memory that retained segments take, in bytes. */
  public long retainedBytes() {
    return retainedBytes;
  }
}
