package io.simplecache.demo;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file, read by the file threads: one piece at a time, so that at most one is in memory
 * beyond those the channel has yet to write.
 *
 * <p>Buffers: a piece is allocated, filled or released on a file thread; once filled it belongs to
 * the caller. Owns the {@link FileChannel}.
 */
final class FileBody implements BodySource {
  private static final InternalLogger logger = InternalLoggerFactory.getInstance(FileBody.class);

  private final FileChannel file;
  private final long length;
  private final long end;
  private final Executor fileThreads;
  private long position;

  /** Takes the file, which {@link #close} closes. */
  FileBody(FileChannel file, long offset, long length, Executor fileThreads) {
    this.file = file;
    this.length = length;
    this.end = offset + length;
    this.fileThreads = fileThreads;
    this.position = offset;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public @Nullable Future<ByteBuf> next(ChannelHandlerContext ctx) {
    if (position == end) {
      return null;
    }
    int wanted = (int) Math.min(PIECE_BYTES, end - position);
    long from = position;
    position += wanted;
    Promise<ByteBuf> promise = ctx.executor().newPromise();
    try {
      fileThreads.execute(() -> read(from, ctx.alloc().ioBuffer(wanted, wanted), promise));
    } catch (RejectedExecutionException e) {
      promise.setFailure(e);
    }
    return promise;
  }

  /** Takes the buffer: it goes to the promise or is released. */
  private void read(long from, ByteBuf piece, Promise<ByteBuf> promise) {
    try {
      while (piece.isWritable()) {
        long at = from + piece.readableBytes();
        if (piece.writeBytes(file, at, piece.writableBytes()) < 0) {
          throw new EOFException("file ends at " + at + " (expected: at " + end + ")");
        }
      }
    } catch (IOException | RuntimeException e) {
      piece.release();
      promise.setFailure(e);
      return;
    }
    promise.setSuccess(piece);
  }

  @Override
  public void close() {
    try {
      fileThreads.execute(this::closeFile);
    } catch (RejectedExecutionException e) {
      closeFile(); // the origin is being closed
    }
  }

  private void closeFile() {
    try {
      file.close();
    } catch (IOException e) {
      logger.warn("cannot close a file", e);
    }
  }
}
