package io.simplecache.benchmarks;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Holds what arrives against a resource of a {@link Catalogue}, byte by byte. For one thread. */
final class ContentCheck {
  private int key;
  private int position;
  private boolean right;
  private byte[] got = new byte[16 * 1024];
  private byte[] expected = new byte[16 * 1024];

  /** From now on content of {@code key} is to come, from {@code position} on. */
  void begin(int key, int position) {
    this.key = key;
    this.position = position;
    right = true;
  }

  /** Takes the next bytes; borrows them. */
  void add(ByteBuf content) {
    int length = content.readableBytes();
    if (length > got.length) {
      got = new byte[length];
      expected = new byte[length];
    }
    content.getBytes(content.readerIndex(), got, 0, length);
    Catalogue.fill(expected, length, key, position);
    right &= Arrays.equals(got, 0, length, expected, 0, length);
    position += length;
  }

  /** Returns how far it has come. */
  int position() {
    return position;
  }

  /** Returns whether every byte was right, and the last one was before {@code end}. */
  boolean isRightUpTo(int end) {
    return right && position == end;
  }
}
