package io.simplecache.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The body of one answer, pulled piece by piece.
 *
 * <p>Thread: all methods run on the event loop of the connection. A source is pulled again only
 * after the last piece came.
 */
interface BodySource {
  /** The {@link #length} of a body whose end shows only when it comes. */
  long UNKNOWN_LENGTH = -1;

  /** The most bytes of one piece. */
  int PIECE_BYTES = 64 * 1024;

  /** Returns the number of bytes of the whole body, or {@link #UNKNOWN_LENGTH}. */
  long length();

  /**
   * Begins to get the next piece.
   *
   * @return the piece, retained, which the caller releases; null at the end of the body; a failed
   *     future if there should be more but cannot be
   */
  @Nullable Future<ByteBuf> next(ChannelHandlerContext ctx);

  /** Releases what the source holds; a piece still to come may then come, fail, or never come. */
  void close();

  /** Returns a source of bytes held in memory. */
  static BodySource of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  /** Returns a source of some of the bytes held in memory, which must not change. */
  static BodySource of(byte[] bytes, int offset, int length) {
    return new BodySource() {
      private boolean taken;

      @Override
      public long length() {
        return length;
      }

      @Override
      public @Nullable Future<ByteBuf> next(ChannelHandlerContext ctx) {
        if (taken || length == 0) {
          return null;
        }
        taken = true;
        return ctx.executor().newSucceededFuture(Unpooled.wrappedBuffer(bytes, offset, length));
      }

      @Override
      public void close() {}
    };
  }
}
