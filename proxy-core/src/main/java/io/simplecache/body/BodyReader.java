package io.simplecache.body;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.simplecache.body.SharedBody.Segment;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A position in a {@link SharedBody}. Thread: the reader's event loop, unless a method says
 * otherwise. Buffers: {@link #read} returns retained; {@link #close} must be called once and
 * releases all else.
 */
public final class BodyReader {
  private final SharedBody body;
  private final boolean following;
  private final EventLoop loop;
  private final Runnable onMore;
  private final AtomicBoolean woken = new AtomicBoolean();
  private Segment segment;
  private boolean holdsReference;
  private boolean closed;
  private long position;

  /** What the writer may see of {@link #position}; kept only while it looks. */
  private volatile long publishedPosition;

  BodyReader(
      SharedBody body,
      Segment first,
      boolean following,
      boolean holdsReference,
      EventLoop loop,
      Runnable onMore) {
    this.body = body;
    this.segment = first;
    this.following = following;
    this.holdsReference = holdsReference;
    this.loop = loop;
    this.onMore = onMore;
  }

  /**
   * Returns the next bytes, retained, or null if there are none now: then either {@link #atEnd}, or
   * {@link #failed}, or more will be announced.
   *
   * @param maxBytes how many at most
   */
  public @Nullable ByteBuf read(int maxBytes) {
    long available = body.availableBytes();
    if (position >= available || maxBytes <= 0) {
      return null;
    }
    moveToPosition();
    int length = (int) Math.min(maxBytes, Math.min(segment.end, available) - position);
    ByteBuf bytes = segment.bytes.retainedSlice((int) (position - segment.start), length);
    advance(length);
    return bytes;
  }

  /** Moves over bytes without reading them, as far as they are there; returns how many. */
  public long skip(long maxBytes) {
    long available = body.availableBytes();
    long skipped = 0;
    while (skipped < maxBytes && position < available) {
      moveToPosition();
      long length = Math.min(maxBytes - skipped, Math.min(segment.end, available) - position);
      advance(length);
      skipped += length;
    }
    return skipped;
  }

  private void advance(long length) {
    position += length;
    if (following) {
      publishedPosition = position;
      body.moved(position);
    }
  }

  /** Only called when there are bytes at the position, so the next segment is there. */
  private void moveToPosition() {
    while (position >= segment.end) {
      Segment next = segment.next;
      assert next != null;
      leaveSegment(next);
    }
  }

  private void leaveSegment(Segment next) {
    if (segment.isPassedOn()) {
      body.passed(segment);
    } else if (next.isPassedOn() && holdsReference) {
      holdsReference = false;
      body.release();
    }
    segment = next;
  }

  /** Returns whether all bytes of a complete body were read. */
  public boolean atEnd() {
    return body.state() == SharedBody.State.COMPLETE && position == body.availableBytes();
  }

  /** Returns whether the end will never come. */
  public boolean failed() {
    return body.state() == SharedBody.State.FAILED;
  }

  /** Returns whether there is something to read at once. */
  public boolean isReadable() {
    return position < body.availableBytes();
  }

  /** Any thread. */
  long publishedPosition() {
    return publishedPosition;
  }

  /** Called on the writer's loop; several calls before the reader runs are one. */
  void wake() {
    if (loop.inEventLoop()) {
      runOnMore();
    } else if (!woken.getAndSet(true)) {
      loop.execute(
          () -> {
            woken.set(false);
            runOnMore();
          });
    }
  }

  private void runOnMore() {
    if (!closed) {
      onMore.run();
    }
  }

  /** Gives up what is not read. */
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (following) {
      body.leave(this);
    } else {
      releaseUnreached();
    }
  }

  /** Called once, when the writer appends nothing more for this reader. */
  void releaseUnreached() {
    if (segment.isPassedOn()) {
      body.passed(segment);
    }
    for (Segment s = segment.next; s != null; s = s.next) {
      if (s.isPassedOn()) {
        body.passed(s);
      }
    }
    if (holdsReference) {
      holdsReference = false;
      body.release();
    }
  }
}
