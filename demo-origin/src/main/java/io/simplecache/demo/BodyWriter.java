package io.simplecache.demo;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Writes the body of one answer: pulls a piece only while the channel is writable, so a slow client
 * holds up the source and never fills the memory.
 *
 * <p>A write or a flush may change the channel's writability, which is told at once, in the middle
 * of that write. The encoder does not bear another write there, so {@link #proceed} does nothing
 * when it is called from within itself.
 *
 * <p>Thread: the event loop of the connection. Buffers: each piece is written or, after {@link
 * #cancel}, released. Owns the source: closes it at the end, whichever end that is. Sends nothing
 * but the body and its last chunk; does not close the channel.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // a write that fails closes the channel, and is seen there
final class BodyWriter {
  private final ChannelHandlerContext ctx;
  private final BodySource source;
  private final Completion completion;
  private @Nullable Future<ByteBuf> arriving;
  private boolean proceeding;
  private boolean ended;
  private long bytes;

  /** Told once, unless the writer is cancelled before. */
  @FunctionalInterface
  interface Completion {
    /**
     * Tells how it ended.
     *
     * @param failure null if all has been handed to the socket
     */
    void completed(@Nullable Throwable failure);
  }

  BodyWriter(ChannelHandlerContext ctx, BodySource source, Completion completion) {
    this.ctx = ctx;
    this.source = source;
    this.completion = completion;
  }

  /** Returns how many bytes of the body have been written so far. */
  long bytes() {
    return bytes;
  }

  /**
   * Goes on as far as source and channel allow. To be called at the start and whenever the channel
   * becomes writable; does nothing if a piece is already awaited.
   */
  void proceed() {
    if (proceeding) {
      return;
    }
    proceeding = true;
    try {
      while (!ended && takeArrived()) {
        if (!ctx.channel().isWritable()) {
          flushAndYield();
          return;
        }
        pull();
      }
    } finally {
      proceeding = false;
    }
  }

  /** Returns false if a piece is still awaited, or none can come any more. */
  private boolean takeArrived() {
    if (arriving == null) {
      return true;
    }
    if (!arriving.isDone()) {
      return false;
    }
    Future<ByteBuf> arrived = arriving;
    arriving = null;
    Throwable failure = arrived.cause();
    if (failure != null) {
      end();
      completion.completed(failure);
      return false;
    }
    ByteBuf piece = arrived.getNow();
    bytes += piece.readableBytes();
    ctx.write(new DefaultHttpContent(piece));
    return true;
  }

  /**
   * A client that takes all at once gets its turn again after the other connections of this event
   * loop.
   */
  private void flushAndYield() {
    ctx.flush();
    if (ctx.channel().isWritable()) {
      ctx.executor().execute(this::proceed);
    }
  }

  private void pull() {
    Future<ByteBuf> piece = source.next(ctx);
    if (piece == null) {
      end();
      ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
          .addListener(written -> completion.completed(written.cause()));
      return;
    }
    arriving = piece;
    if (!piece.isDone()) {
      ctx.flush();
      piece.addListener((Future<ByteBuf> done) -> arrive(done));
    }
  }

  /** A piece may have been taken before its listener ran, by a client that became writable. */
  private void arrive(Future<ByteBuf> done) {
    if (!ended) {
      proceed();
    } else if (arriving == done && done.isSuccess()) {
      done.getNow().release();
    }
  }

  /** Stops: the client has left or the origin closes. */
  void cancel() {
    if (!ended) {
      end();
    }
  }

  private void end() {
    ended = true;
    source.close();
  }
}
