package io.simplecache.demo;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A body of any size which is the same each time: the line {@value #LINE}, over and over, cut at
 * the end.
 *
 * <p>Buffers: all pieces are slices of one constant which is never released; no byte is copied.
 */
final class GeneratedBody implements BodySource {
  /** Of 64 bytes, so that a piece holds a whole number of lines. */
  static final String LINE = "0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXY\n";

  private static final ByteBuf PATTERN =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(PIECE_BYTES)
              .writeBytes(
                  LINE.repeat(PIECE_BYTES / LINE.length()).getBytes(StandardCharsets.US_ASCII))
              .asReadOnly());

  private static final int SLOW_PIECES_PER_SECOND = 10;

  private final long totalBytes;
  private final boolean lengthKnown;
  private final long bytesPerSecond;
  private final int pieceBytes;
  private long position;
  private @Nullable ScheduledFuture<?> timer;

  /** A source pulled as fast as the client takes it has a {@code bytesPerSecond} of 0. */
  private GeneratedBody(long totalBytes, boolean lengthKnown, long bytesPerSecond) {
    this.totalBytes = totalBytes;
    this.lengthKnown = lengthKnown;
    this.bytesPerSecond = bytesPerSecond;
    this.pieceBytes =
        bytesPerSecond == 0
            ? PIECE_BYTES
            : (int) Math.max(1, Math.min(PIECE_BYTES, bytesPerSecond / SLOW_PIECES_PER_SECOND));
  }

  /** Returns a body which tells its length. */
  static BodySource ofSize(long totalBytes) {
    return new GeneratedBody(totalBytes, /* lengthKnown= */ true, /* bytesPerSecond= */ 0);
  }

  /** Returns a body which does not tell its length. */
  static BodySource ofUnknownSize(long totalBytes) {
    return new GeneratedBody(totalBytes, /* lengthKnown= */ false, /* bytesPerSecond= */ 0);
  }

  /** Returns a body which comes at a steady rate, a tenth of a second or one byte at a time. */
  static BodySource slow(long totalBytes, long bytesPerSecond) {
    return new GeneratedBody(totalBytes, /* lengthKnown= */ true, bytesPerSecond);
  }

  @Override
  public long length() {
    return lengthKnown ? totalBytes : UNKNOWN_LENGTH;
  }

  @Override
  public @Nullable Future<ByteBuf> next(ChannelHandlerContext ctx) {
    if (position == totalBytes) {
      return null;
    }
    int length = (int) Math.min(pieceBytes - position % pieceBytes, totalBytes - position);
    int offset = (int) (position % PIECE_BYTES);
    length = Math.min(length, PIECE_BYTES - offset);
    position += length;
    ByteBuf piece = PATTERN.slice(offset, length);
    return bytesPerSecond == 0 ? ctx.executor().newSucceededFuture(piece) : later(ctx, piece);
  }

  private Future<ByteBuf> later(ChannelHandlerContext ctx, ByteBuf piece) {
    Promise<ByteBuf> promise = ctx.executor().newPromise();
    long nanos = TimeUnit.SECONDS.toNanos(1) * piece.readableBytes() / bytesPerSecond;
    timer =
        ctx.executor()
            .schedule(
                () -> {
                  promise.setSuccess(piece);
                },
                nanos,
                TimeUnit.NANOSECONDS);
    return promise;
  }

  @Override
  public void close() {
    if (timer != null) {
      timer.cancel(/* mayInterruptIfRunning= */ false);
    }
  }
}
