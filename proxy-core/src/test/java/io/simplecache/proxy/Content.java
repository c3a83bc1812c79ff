package io.simplecache.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32;

/** Generated content: every byte follows from its position, so it needs no room and no disk. */
final class Content {
  private static final int PIECE_BYTES = 64 * 1024;

  private Content() {}

  /** What was read of some content. */
  record Sum(long length, long crc) {}

  /** Returns {@code length} bytes from position {@code first} on. */
  static byte[] bytes(long first, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      long position = first + i;
      bytes[i] = (byte) (position * 31 + (position >>> 13));
    }
    return bytes;
  }

  /** Sends the bytes from {@code first} to {@code end}, which is exclusive. */
  static void send(ScriptedOrigin.Connection connection, long first, long end) throws IOException {
    for (long at = first; at < end; at += PIECE_BYTES) {
      connection.send(bytes(at, (int) Math.min(PIECE_BYTES, end - at)));
    }
  }

  /** Returns the sum of the first {@code length} bytes. */
  static Sum sum(long length) {
    return sum(0, length);
  }

  /** Returns the sum of the bytes from {@code first} to {@code end}, which is exclusive. */
  static Sum sum(long first, long end) {
    CRC32 crc = new CRC32();
    for (long at = first; at < end; at += PIECE_BYTES) {
      crc.update(bytes(at, (int) Math.min(PIECE_BYTES, end - at)));
    }
    return new Sum(end - first, crc.getValue());
  }

  /** Sums up on another thread. */
  static CompletableFuture<Sum> sumLater(InputStream in) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return sumOf(in);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Returns the sum of all that can be read; fails where that ends early. */
  static Sum sumOf(InputStream in) throws IOException {
    CRC32 crc = new CRC32();
    byte[] piece = new byte[PIECE_BYTES];
    long length = 0;
    for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
      crc.update(piece, 0, count);
      length += count;
    }
    return new Sum(length, crc.getValue());
  }
}
